using System.Text;
using MuseCluster.Models.Tokenizers;

namespace MuseCluster.Models.Tests.Tokenizers;

[Collection(nameof(SpmModels))]
public sealed class EqualsSentencePieceTests(SpmModels models)
{
    public static TheoryData<string> Names => SpmModels.Names;

    [Fact]
    public void The_lines_compared_are_hard_ones()
    {
        var all = models.AllLines.ToList();
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var broken = all.Count(line => { try { strict.GetCharCount(line); return false; } catch (DecoderFallbackException) { return true; } });
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf("t5"));

        Assert.True(all.Count >= 20_000);
        Assert.InRange(broken, all.Count / 10, all.Count / 2);
        Assert.Contains(all, line => line.Length == 0);
        Assert.Contains(all, line => line.Length > 100_000);
        Assert.InRange(
            models.LinesOf("t5").Count(line => tokenizer.EncodeToIds(line).Contains(tokenizer.UnkId)),
            SpmModels.LinesPerModel / 10,
            SpmModels.LinesPerModel * 9 / 10);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ids_equal_spm_encode_on_every_line(string name)
    {
        var expected = SpmProgram.Encode(models.PathOf(name), models.LinesFileOf(name));
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));

        var lines = models.LinesOf(name);
        Assert.Equal(lines.Length, expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var ids = tokenizer.EncodeToIds(lines[i], addEos: false);
            var actual = string.Join(' ', ids);
            Assert.True(expected[i] == actual,
                $"{name}, line {i} {Convert.ToHexString(lines[i].AsSpan(0, Math.Min(200, lines[i].Length)))}\n"
                + $"expected {expected[i]}\nactual   {actual}");
        }
    }

    [Theory]
    [InlineData("t5")]
    [InlineData("bytes")]
    public void Pieces_equal_spm_encode_on_every_line(string name)
    {
        var expected = SpmProgram.EncodeToPieces(models.PathOf(name), models.LinesFileOf(name));
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));

        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], string.Join(' ', tokenizer.EncodeToTokens(models.LinesOf(name)[i], addEos: false)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoded_text_equals_spm_decode(string name)
    {
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));
        var random = new Random(3);
        // Byte pieces could spell a line feed, which would end the line in the program's output.
        var lineFeed = Enumerable.Range(0, tokenizer.VocabSize).FirstOrDefault(id => tokenizer.Decode([id]) == "\n", -1);
        var ids = models.LinesOf(name).Take(1500)
            .Select(line => tokenizer.EncodeToIds(line))
            .Concat(Enumerable.Range(0, 1000).Select(_ =>
                Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(tokenizer.VocabSize)).Where(id => id != lineFeed).ToArray()))
            .Where(row => row.Length > 0)
            .ToList();

        var expected = SpmProgram.Decode(models.PathOf(name), models.NewFile($"{name}.ids", ids.Select(row => string.Join(' ', row))));

        Assert.Equal(ids.Count, expected.Length);
        for (var i = 0; i < ids.Count; i++)
            Assert.Equal(expected[i], tokenizer.Decode(ids[i]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_string_encodes_as_its_utf8(string name)
    {
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));

        foreach (var line in models.LinesOf(name).Take(300))
        {
            var text = Encoding.UTF8.GetString(line);
            Assert.Equal(tokenizer.EncodeToIds(Encoding.UTF8.GetBytes(text)), tokenizer.EncodeToIds(text));
        }
    }
}
