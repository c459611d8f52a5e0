using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Models.Tokenizers;

namespace MuseCluster.Models.Tests.Tokenizers;

[Collection(nameof(SpmModels))]
public sealed class SentencePieceTokenizerTests(SpmModels models)
{
    private SentencePieceTokenizer T5 => SentencePieceTokenizer.Load(models.PathOf("t5"));

    [Fact]
    public void Special_ids_are_those_of_t5()
    {
        var tokenizer = T5;

        Assert.Equal((0, 1, 2, -1), (tokenizer.PadId, tokenizer.EosId, tokenizer.UnkId, tokenizer.BosId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u3000\t ")]
    public void Text_without_a_word_is_just_the_end(string text)
    {
        Assert.Equal([1], T5.EncodeToIds(text));
        Assert.Equal(["</s>"], T5.EncodeToTokens(text));
        Assert.Empty(T5.EncodeToIds(text, addEos: false));
    }

    [Fact]
    public void A_special_token_spelled_out_is_text()
    {
        Assert.DoesNotContain(1, T5.EncodeToIds("</s>", addEos: false));
        Assert.DoesNotContain(0, T5.EncodeToIds("<pad>", addEos: false));
    }

    [Fact]
    public void Half_a_surrogate_pair_reads_as_the_replacement_character()
    {
        foreach (var name in new[] { "t5", "bytes", "identity" })
        {
            var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));
            Assert.Equal(tokenizer.EncodeToIds("cat \uFFFD dog"), tokenizer.EncodeToIds("cat \uD83D dog"));
        }
    }

    [Theory]
    [InlineData("t5")]
    [InlineData("bytes")]
    [InlineData("symbols")]
    [InlineData("identity")]
    public void Decoding_gives_clean_text_back(string name)
    {
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));

        foreach (var line in new TextSamples(5).CleanLines(500))
        {
            Assert.Equal(line, tokenizer.Decode(tokenizer.EncodeToIds(line)));
            Assert.Equal(tokenizer.EncodeToIds(line).Length, tokenizer.EncodeToTokens(line).Length);
        }
    }

    [Fact]
    public void Byte_fallback_gives_any_normalised_text_back()
    {
        var tokenizer = SentencePieceTokenizer.Load(models.PathOf("bytes"));

        Prop.ForAll<NonNull<string>>(text =>
        {
            var once = tokenizer.Decode(tokenizer.EncodeToIds(text.Get));
            return tokenizer.Decode(tokenizer.EncodeToIds(once)) == once;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Any_bytes_give_ids_of_the_vocabulary()
    {
        foreach (var name in new[] { "t5", "bytes", "identity", "plain" })
        {
            var tokenizer = SentencePieceTokenizer.Load(models.PathOf(name));
            Prop.ForAll<byte[]>(bytes => tokenizer.EncodeToIds(bytes).All(id => id >= 0 && id < tokenizer.VocabSize))
                .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        }
    }

    [Fact]
    public void Decoding_an_id_outside_the_vocabulary_is_an_error()
    {
        var tokenizer = T5;

        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([tokenizer.VocabSize]));
    }

    [Fact]
    public void The_file_kind_follows_the_name_and_then_the_content()
    {
        var model = File.ReadAllBytes(models.PathOf("t5"));
        var json = TokenizerJsonWriter.ToBytes(TokenizerJsonWriter.Write(model, legacy: true));
        var expected = T5.EncodeToIds("a cat");
        foreach (var (name, content) in new[] { ("a.json", json), ("b.bin", json), ("c.bin", model), ("d.bin", [0xEF, 0xBB, 0xBF, .. json]) })
        {
            var path = models.NewFile(name, []);
            File.WriteAllBytes(path, content);
            Assert.Equal(expected, SentencePieceTokenizer.Load(path).EncodeToIds("a cat"));
        }

        var wrong = models.NewFile("wrong.model", []);
        File.WriteAllBytes(wrong, json);
        Assert.Contains(wrong, Assert.Throws<TokenizerFormatException>(() => SentencePieceTokenizer.Load(wrong)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => SentencePieceTokenizer.Load(wrong + ".missing"));
    }

    [Fact]
    public void Time_grows_linearly_with_the_text()
    {
        var tokenizer = T5;
        // No spaces: one word of the whole length is the hardest case.
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("castlex", 300_000)));
        tokenizer.EncodeToIds(text.AsSpan(0, 100_000));

        var watch = Stopwatch.StartNew();
        var ids = tokenizer.EncodeToIds(text);

        Assert.True(ids.Length > 100_000);
        // 2.1 MB. A quadratic step would take minutes; linear time takes a quarter of a second on a slow machine.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Memory_is_proportional_to_the_text()
    {
        var tokenizer = T5;
        var text = new byte[1_000_000];
        Array.Fill(text, (byte)'x');
        tokenizer.EncodeToIds(text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        tokenizer.EncodeToIds(text);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * text.Length);
    }

    [Fact]
    public async Task One_tokenizer_serves_many_threads()
    {
        var tokenizer = T5;
        var lines = models.LinesOf("t5").Take(300).ToList();
        var expected = lines.Select(line => tokenizer.EncodeToIds(line)).ToList();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < lines.Count; i++)
                Assert.Equal(expected[i], tokenizer.EncodeToIds(lines[i]));
        })));
    }
}
