using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Models.Tokenizers;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>
/// A tokenizer.json gives the ids of the .model it was made from. Lines are left out where Hugging Face's pipeline
/// means something else: those that spell a special token, which it cuts out and sentencepiece reads as text, and those
/// with U+0085, which is white space to its steps and a character to sentencepiece.
/// </summary>
[Collection(nameof(SpmModels))]
public sealed class TokenizerJsonTests(SpmModels models)
{
    private static readonly byte[][] Different =
        [.. new[] { "</s>", "<unk>", "<pad>", "<extra_id_", "\u0085" }.Select(Encoding.UTF8.GetBytes)];

    [Theory]
    [InlineData("t5", true)]
    [InlineData("t5", false)]
    [InlineData("bytes", true)]
    [InlineData("bytes", false)]
    public void Ids_equal_those_of_the_model_it_was_made_from(string name, bool legacy)
    {
        var model = SentencePieceTokenizer.Load(models.PathOf(name));
        var json = Load(name, legacy);

        var compared = 0;
        foreach (var line in models.LinesOf(name).Where(line => !Different.Any(part => line.AsSpan().IndexOf(part) >= 0)))
        {
            var (expected, actual) = (model.EncodeToIds(line), json.EncodeToIds(line));
            Assert.True(expected.AsSpan().SequenceEqual(actual),
                $"{Convert.ToHexString(line)}\nexpected {string.Join(' ', expected)}\nactual   {string.Join(' ', actual)}");
            compared++;
        }

        Assert.True(compared > SpmModels.LinesPerModel / 2, $"only {compared} lines compared");
        Assert.Equal((0, 1, 2, -1), (json.PadId, json.EosId, json.UnkId, json.BosId));
        Assert.Equal(model.VocabSize + TokenizerJsonWriter.ExtraIds, json.VocabSize);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decoded_text_equals_that_of_the_model_it_was_made_from(bool legacy)
    {
        var model = SentencePieceTokenizer.Load(models.PathOf("t5"));
        var json = Load("t5", legacy);

        foreach (var line in models.LinesOf("t5").Take(500))
        {
            var ids = model.EncodeToIds(line);
            Assert.Equal(model.Decode(ids), json.Decode(ids));
        }
    }

    [Fact]
    public void Added_tokens_are_cut_out_of_the_text_before_normalisation()
    {
        var json = Load("t5", legacy: true);
        var extra = json.VocabSize - TokenizerJsonWriter.ExtraIds;

        var ids = json.EncodeToIds("a cat <extra_id_0> the dog<extra_id_3></s>", addEos: false);

        Assert.Equal([.. json.EncodeToIds("a cat", false), extra, .. json.EncodeToIds("the dog", false), extra + 3, 1], ids);
        Assert.Equal("<extra_id_0>", json.EncodeToTokens("<extra_id_0>")[0]);
    }

    [Fact]
    public void A_special_token_comes_from_its_exact_text_only()
    {
        var json = Load("t5", legacy: true);

        Assert.DoesNotContain(json.EosId, json.EncodeToIds("＜／ｓ＞ < /s>", addEos: false));
        Assert.DoesNotContain(json.PadId, json.EncodeToIds("＜ｐａｄ＞", addEos: false));
    }

    [Fact]
    public void An_added_token_takes_white_space_along_and_keeps_to_whole_words_as_its_flags_say()
    {
        var json = Document("t5");
        var extra = json["model"]!["vocab"]!.AsArray().Count;
        Token(json, 3)["lstrip"] = true;
        Token(json, 3)["rstrip"] = true;
        Token(json, 4)["content"] = "tomcat";
        Token(json, 4)["single_word"] = true;
        Token(json, 4)["special"] = false;
        var tokenizer = Load(json);

        Assert.Equal([extra, extra], tokenizer.EncodeToIds("  <extra_id_0>\t <extra_id_0> \u3000", addEos: false));
        Assert.Equal([extra + 1], tokenizer.EncodeToIds("tomcat", addEos: false));
        Assert.DoesNotContain(extra + 1, tokenizer.EncodeToIds("tomcats a_tomcat", addEos: false));
        Assert.Equal("tomcat", tokenizer.Decode([extra + 1]));
        Assert.Equal("", tokenizer.Decode([extra]));

        static JsonNode Token(JsonNode json, int index) => json["added_tokens"]![index]!;
    }

    [Fact]
    public void A_normalized_added_token_is_found_in_normalised_text()
    {
        var json = Document("t5");
        var extra = json["model"]!["vocab"]!.AsArray().Count;
        json["added_tokens"]![3]!["content"] = "ｃａｔ！";
        json["added_tokens"]![3]!["normalized"] = true;
        var tokenizer = Load(json);

        Assert.Equal([extra], tokenizer.EncodeToIds("cat!", addEos: false));
        Assert.Equal([extra], tokenizer.EncodeToIds("cａｔ!", addEos: false));
    }

    [Theory]
    [InlineData("""{"type":"Replace","pattern":{"String":"dog"},"content":"cat"}""", "dog", "cat")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "}""", "a \t\u3000cat", "a cat")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"x{3,}"},"content":"cat"}""", "a xxxx", "a cat")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"\\.+"},"content":"!"}""", "cat...", "cat!")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":true}""", "\u3000 cat\t", "cat")]
    [InlineData("""{"type":"Prepend","prepend":"a "}""", "cat", "a cat")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"a"},{"type":"Prepend","prepend":"c"}]}""", "t", "cat")]
    [InlineData("null", "cat", "cat")]
    public void Normalizer_steps_do_what_tokenizers_does(string normalizer, string text, string same)
    {
        var json = Document("t5");
        var plain = Load(Document("t5"));
        json["normalizer"] = JsonNode.Parse(normalizer);

        Assert.Equal(plain.EncodeToIds(same), Load(json).EncodeToIds(text));
    }

    [Theory]
    [InlineData("always", "<extra_id_0>cat", "▁cat")]
    [InlineData("first", "<extra_id_0>cat", "cat")]
    [InlineData("first", "cat", "▁cat")]
    [InlineData("never", "cat", "cat")]
    [InlineData("never", " cat", "▁cat")]
    [InlineData("always", "▁cat", "▁cat")]
    public void Metaspace_prepends_by_its_scheme(string scheme, string text, string pieces)
    {
        var json = Document("t5");
        json["normalizer"] = null;
        json["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = scheme };

        var tokens = Load(json).EncodeToTokens(text, addEos: false).Where(token => !token.StartsWith('<'));

        Assert.Equal(pieces, string.Concat(tokens));
    }

    [Theory]
    [InlineData("model.type", "\"BPE\"")]
    [InlineData("model.unk_id", "100000")]
    [InlineData("model.unk_id", "null")]
    [InlineData("model.vocab", "[[\"a\"]]")]
    [InlineData("model.vocab", "{}")]
    [InlineData("normalizer.type", "\"BertNormalizer\"")]
    [InlineData("normalizer.precompiled_charsmap", "\"!\"")]
    [InlineData("normalizer.precompiled_charsmap", "\"AAAA\"")]
    [InlineData("pre_tokenizer.type", "\"ByteLevel\"")]
    [InlineData("post_processor.type", "\"RobertaProcessing\"")]
    [InlineData("post_processor.special_tokens", "{\"</s>\":{\"ids\":[9999]}}")]
    [InlineData("post_processor.single", "[{\"SpecialToken\":{\"id\":\"</s>\"}}]")]
    [InlineData("added_tokens", "[{\"id\":2000000000,\"content\":\"x\"}]")]
    [InlineData("added_tokens", "[{\"id\":3,\"content\":\"not this\"}]")]
    [InlineData("added_tokens", "[{\"id\":3}]")]
    public void A_field_that_is_not_as_expected_is_named(string path, string value)
    {
        var json = (JsonNode)Document("t5");
        var parts = path.Split('.');
        var parent = parts[..^1].Aggregate(json, (node, part) => node[part]!);
        parent[parts[^1]] = JsonNode.Parse(value);

        var fault = Assert.Throws<TokenizerFormatException>(() => Load(json));

        Assert.Equal("test.json", fault.File);
        Assert.StartsWith(parts[0], fault.Field, StringComparison.Ordinal);
        Assert.Contains("test.json: " + fault.Field, fault.Message, StringComparison.Ordinal);
    }

    private JsonObject Document(string name, bool legacy = true) =>
        TokenizerJsonWriter.Write(File.ReadAllBytes(models.PathOf(name)), legacy);

    private SentencePieceTokenizer Load(string name, bool legacy) => Load(Document(name, legacy));

    private static SentencePieceTokenizer Load(JsonNode json) =>
        SentencePieceTokenizer.LoadJson(TokenizerJsonWriter.ToBytes(json), "test.json");
}
