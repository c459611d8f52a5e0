using System.Buffers.Binary;
using System.Text;
using MuseCluster.Models.Tests.Mutations;
using MuseCluster.Models.Tokenizers;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Damaged files load or give the typed error: no other exception, no hang, no memory beyond the file's measure.</summary>
[Collection(nameof(SpmModels))]
public sealed class DamagedFileTests(SpmModels models)
{
    private static readonly byte[] Sample = Encoding.UTF8.GetBytes("a cat ＡＢＣ ﬁ e\u0301 東京 <sep> 👨‍👩‍👧 ▁ x\u3000y");

    [Theory]
    [InlineData("identity", 3000)]
    [InlineData("t5", 400)]
    [InlineData("bytes", 200)]
    public void A_mutated_model_loads_or_is_rejected(string name, int count) =>
        LoadMutated(File.ReadAllBytes(models.PathOf(name)), count, SentencePieceTokenizer.LoadModel);

    [Theory]
    [InlineData("identity", true, 2000)]
    [InlineData("bytes", false, 300)]
    public void A_mutated_json_loads_or_is_rejected(string name, bool legacy, int count) =>
        LoadMutated(
            TokenizerJsonWriter.ToBytes(TokenizerJsonWriter.Write(File.ReadAllBytes(models.PathOf(name)), legacy)),
            count,
            SentencePieceTokenizer.LoadJson);

    [Fact]
    public void A_mutated_charsmap_loads_or_is_rejected()
    {
        var charsMap = CharsMapBuilder.Build(("ab", "c"), ("abc", "ﬁ"), ("\u00e9", "e"), ("\u3000", " "), ("x", ""));
        var outcomes = LoadMutated(charsMap, 4000, (mutated, name) => SentencePieceTokenizer.LoadModel(TinyModel.Of(mutated.ToArray()), name));

        Assert.True(outcomes.Loaded > 100 && outcomes.Rejected > 100, outcomes.ToString());
    }

    [Fact]
    public void A_truncated_model_is_rejected_wherever_it_ends_within_a_field()
    {
        var model = TinyModel.Of([]);
        var rejected = 0;
        for (var length = 0; length < model.Length; length++)
        {
            try
            {
                SentencePieceTokenizer.LoadModel(model[..length], "test.model");
            }
            catch (TokenizerFormatException)
            {
                rejected++;
            }
        }

        Assert.True(rejected > model.Length / 2, $"{rejected} of {model.Length}");
    }

    [Theory]
    [InlineData("0AFFFFFFFF0F", "pieces")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "pieces")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF01", "pieces")]
    [InlineData("0A03", "pieces")]
    [InlineData("0A020A7F", "pieces[0].piece")]
    [InlineData("0A02150F", "pieces[0].score")]
    [InlineData("0A0218FF", "pieces[0].type")]
    [InlineData("0A021809", "pieces[0].type")]
    [InlineData("0A020801", "pieces[0].piece")]
    [InlineData("1202", "trainer_spec")]
    [InlineData("12021802", "trainer_spec.model_type")]
    [InlineData("1A0412FFFFFF", "normalizer_spec.precompiled_charsmap")]
    [InlineData("00", "field 0")]
    [InlineData("33", "field 6")]
    [InlineData("", "pieces")]
    public void A_broken_field_is_named(string bytes, string field)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.Throws<TokenizerFormatException>(
            () => SentencePieceTokenizer.LoadModel(Convert.FromHexString(bytes), "test.model"));

        Assert.Equal("test.model", fault.File);
        Assert.Equal(field, fault.Field);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_vocabulary_that_breaks_a_rule_is_rejected()
    {
        Rejects("twice", new ProtoMessage().Set(1, "a"u8.ToArray()), new ProtoMessage().Set(1, "a"u8.ToArray()));
        Rejects("NUL", new ProtoMessage().Set(1, "a\0b"u8.ToArray()));
        Rejects("NUL", new ProtoMessage().Set(2, -1f));
        Rejects("finite", new ProtoMessage().Set(1, "b"u8.ToArray()).Set(2, float.NaN));
        Rejects("one unknown", new ProtoMessage().Set(1, "b"u8.ToArray()).Set(3, 2));
        Rejects("byte piece", new ProtoMessage().Set(1, "<0x41>"u8.ToArray()).Set(3, 6));

        static void Rejects(string expected, params ProtoMessage[] pieces)
        {
            var model = ProtoMessage.Parse(TinyModel.Of([]));
            foreach (var piece in pieces)
                model.Fields.Add((1, 2, piece.ToBytes()));
            var fault = Assert.Throws<TokenizerFormatException>(() => SentencePieceTokenizer.LoadModel(model.ToBytes(), "test.model"));
            Assert.Contains(expected, fault.Expected, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Byte_fallback_demands_all_byte_pieces()
    {
        var model = ProtoMessage.Parse(TinyModel.Of([])).Set(2, new ProtoMessage().Set(35, 1).ToBytes());

        var fault = Assert.Throws<TokenizerFormatException>(() => SentencePieceTokenizer.LoadModel(model.ToBytes(), "test.model"));

        Assert.Contains("256", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unicode_rules_apply_by_the_longest_match()
    {
        var charsMap = CharsMapBuilder.Build(("a", "1"), ("ab", "2"), ("abc", ""), ("\u3000", " "));
        var tokenizer = SentencePieceTokenizer.LoadModel(TinyModel.Of(charsMap), "test.model");

        Assert.Equal("▁12x", string.Concat(tokenizer.EncodeToTokens("aababcx", addEos: false)));
    }

    [Theory]
    [InlineData("points to")]
    [InlineData("cycles")]
    [InlineData("NUL-terminated")]
    [InlineData("at most 255 bytes")]
    public void A_charsmap_that_would_lead_astray_is_rejected(string reason)
    {
        var charsMap = reason == "at most 255 bytes"
            ? CharsMapBuilder.Build((new string('a', 300), "b"))
            : CharsMapBuilder.Build(("ab", "c"));
        switch (reason)
        {
            case "points to":
                BinaryPrimitives.WriteUInt32LittleEndian(charsMap.AsSpan(4), 0x7FFFFFu << 10);
                break;
            case "cycles":
                // 'a' leads to its own position with label 'a': aaaa... would match for ever.
                var (root, node) = CharsMapBuilder.FirstStep(charsMap);
                var offset = (uint)(node ^ node ^ 'a');
                BinaryPrimitives.WriteUInt32LittleEndian(charsMap.AsSpan(4 + (4 * node)), 'a' | (offset << 10));
                Assert.Equal(node, root ^ 'a');
                break;
            case "NUL-terminated":
                charsMap = charsMap[..^1];
                break;
        }

        var fault = Assert.Throws<TokenizerFormatException>(() => SentencePieceTokenizer.LoadModel(TinyModel.Of(charsMap), "test.model"));

        Assert.Equal("normalizer_spec.precompiled_charsmap", fault.Field);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{\"a\":", 100_000)]
    [InlineData("{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[", 30_000)]
    public void Deep_json_is_rejected(string opening, int depth)
    {
        var json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, depth)));

        Assert.Throws<TokenizerFormatException>(() => SentencePieceTokenizer.LoadJson(json, "test.json"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"model\":{\"unk_id\":0,\"vocab\":[[\"\\ud800\",0]]}}")]
    [InlineData("{\"model\":{\"unk_id\":0,\"vocab\":[[\"a\",1e999]]}}")]
    [InlineData("{\"model\":{\"unk_id\":1e99,\"vocab\":[[\"a\",0]]}}")]
    [InlineData("{\"\\ud800odel\":1,\"model\":{}}")]
    public void Json_that_is_no_tokenizer_is_rejected(string json) =>
        Assert.Throws<TokenizerFormatException>(() => SentencePieceTokenizer.LoadJson(Encoding.UTF8.GetBytes(json), "test.json"));

    private static (int Loaded, int Rejected) LoadMutated(
        byte[] content, int count, Func<ReadOnlyMemory<byte>, string, SentencePieceTokenizer> load)
    {
        var (loaded, rejected) = (0, 0);
        var worker = Task.Run(() =>
        {
            for (var seed = 0; seed < count; seed++)
            {
                var mutated = FileMutation.Of(content, new Random(seed), dense: 400);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    var tokenizer = load(mutated, "test");
                    loaded++;
                    var ids = tokenizer.EncodeToIds(Sample);
                    Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabSize - 1));
                    tokenizer.Decode(ids);
                }
                catch (TokenizerFormatException)
                {
                    rejected++;
                }
                catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
                {
                    throw new InvalidOperationException($"seed {seed}: {fault.Message}", fault);
                }

                // A trie node costs 13 bytes, twice while it is built, and a piece of JSON its share of bookkeeping.
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (200L * mutated.Length) + 200_000);
            }
        });
        Assert.True(worker.Wait(TimeSpan.FromMinutes(2)), "a mutated file keeps the tokenizer busy without end");
        return (loaded, rejected);
    }
}
