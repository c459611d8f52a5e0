using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Models.Tokenizers.Clip;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>CLIP's tokenizer against HuggingFace's <c>CLIPTokenizer</c>, and on texts that its cases do not have.</summary>
public sealed class ClipTokenizerTests : IDisposable
{
    private const int Begin = 533, End = 534;
    private static readonly ClipTokenizer Tiny = ClipTokenizer.Load(Repository.Golden("clip_tokenizer_tiny"));
    private readonly string folder = Directory.CreateTempSubdirectory("clip-").FullName;

    public static TheoryData<string, int[], int[]> Cases
    {
        get
        {
            var cases = new TheoryData<string, int[], int[]>();
            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Golden("clip_tokenizer_tiny"), "cases.json")));
            foreach (JsonElement item in document.RootElement.EnumerateArray())
                cases.Add(item.GetProperty("text").GetString()!, Ids(item, "ids"), Ids(item, "ids_unpadded"));
            return cases;

            static int[] Ids(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ids_are_the_references(string text, int[] row, int[] ids)
    {
        Assert.Equal(ids, Tiny.EncodeToIds(text));
        Assert.Equal(row, Tiny.EncodeToRow(text));
        Assert.Equal(ids[1..^1], Tiny.EncodeToIds(text, addEos: false));
        Assert.Equal(ids.Length, Tiny.EncodeToTokens(text).Length);
    }

    [Fact]
    public void A_pipelines_tokenizer_gives_what_its_text_encoder_is_given()
    {
        using var golden = new Networks.GoldenCase("amused_pipeline_tiny");
        ClipTokenizer tokenizer = ClipTokenizer.Load(golden["tokenizer"]);
        using var document = JsonDocument.Parse(File.ReadAllText(golden["case.json"]));
        foreach (string kind in new[] { "prompt", "negative" })
        {
            string field = kind == "prompt" ? "prompts" : "negative_prompts";
            long[] rows = [.. document.RootElement.GetProperty(field).EnumerateArray().SelectMany(t => tokenizer.EncodeToRow(t.GetString()!)).Select(id => (long)id)];
            Assert.Equal(golden.Inputs[$"{kind}_ids"].ToArray<long>(), rows);
        }
    }

    [Fact]
    public void Ids_and_lengths_are_those_of_the_files()
    {
        Assert.Equal((535, Begin, End, End, End), (Tiny.VocabSize, Tiny.BosId, Tiny.EosId, Tiny.PadId, Tiny.UnkId));
        Assert.Equal(24, Tiny.MaxLength);
        Assert.Equal([Begin, 320, End, End], Tiny.EncodeToRow("a", 4));
        Assert.Equal([Begin, 320, End], Tiny.EncodeToRow("a a a", 3));
        Assert.Equal([Begin, End], Tiny.EncodeToRow("a a a", 2));
    }

    // What the reference makes the same of: lower case, composition, spaces, and what it drops.
    [Theory]
    [InlineData("cafe\u0301 \u1E9B\u0323", "café \u1E9B\u0323")]
    [InlineData("CAFÉ", "café")]
    [InlineData("a\u3000\u00a0\u2003dog", "a dog")]
    [InlineData("a\u2028dog\u2029", "a dog")]
    [InlineData("a\u0000\u200d\ufffd\u00ad\ue000 dog", "a dog")]
    [InlineData("do\u200bg", "dog")]
    [InlineData("a\u0085dog", "adog")]
    [InlineData("\u0130", "i\u0307")]
    [InlineData("ΟΔΟΣ ΣΟΣ.", "οδος σος.")]
    [InlineData("Σ ΑΣ'Α", "σ ασ'α")]
    [InlineData("你好a", "你 好 a")]
    [InlineData("\U00020000x", "\U00020000 x")]
    [InlineData("\uD83D dog \uDE00", "dog")]
    [InlineData("\U00010400", "\U00010428")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]
    [InlineData("<|EndOfText|> a", "<|endoftext|> a")]
    [InlineData("a\n\n", "a")]
    public void Texts_that_clean_alike_have_the_same_ids(string text, string same) => Assert.Equal(Tiny.EncodeToIds(same), Tiny.EncodeToIds(text));

    [Theory]
    [InlineData("a1234", "a</w> 1</w> 2</w> 3</w> 4</w>")]
    [InlineData("dog!!!the", "dog</w> ! ! !</w> the</w>")]
    [InlineData("it's 's 'll", "i t</w> ' s</w> ' s</w> ' l l</w>")]
    [InlineData("...'s", ". . . '</w> s</w>")]
    [InlineData("x<|endoftext|>y", "x</w> <|endoftext|> y</w>")]
    [InlineData("²³", "Â ²</w> Â ³</w>")]
    public void Words_are_cut_as_the_references_pattern_cuts_them(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', Tiny.EncodeToTokens(text, addEos: false)));

    [Fact]
    public void Decoding_gives_the_cleaned_text_back()
    {
        foreach (string text in new[] { "a dog and a cat", "café 你 😀", "" })
            Assert.Equal(text, Tiny.Decode(Tiny.EncodeToRow(text)));
        Assert.Equal("it 's", Tiny.Decode(Tiny.EncodeToIds("It's")));
        Assert.Equal("\ufffd", Tiny.Decode([127]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tiny.Decode([535]));
    }

    // Each pair in all its places before the pairs that it makes: a heap that takes the best pair at once differs here.
    [Fact]
    public void A_pair_is_merged_everywhere_before_a_better_one_that_it_makes()
    {
        WriteVocabulary("x", "y", "x</w>", "y</w>", "xy", "xy</w>", "xyx", "<|startoftext|>", "<|endoftext|>");
        Write("merges.txt", "#version: 0.2\nxy x\nx y\nx y</w>\nxy xy</w>\n");
        Assert.Equal(["xy", "xyx", "y</w>"], ClipTokenizer.Load(folder).EncodeToTokens("xyxyxy", addEos: false));
    }

    [Fact]
    public void Of_equal_merges_the_last_counts_and_line_ends_may_be_windows()
    {
        WriteVocabulary("x", "y", "z", "xy", "yz</w>", "<|startoftext|>", "<|endoftext|>");
        Write("merges.txt", "#version: 0.2\r\nx y\r\ny z</w>\r\nx y\r\n");
        Assert.Equal(["x", "yz</w>"], ClipTokenizer.Load(folder).EncodeToTokens("xyz", addEos: false));
    }

    [Fact]
    public void What_is_not_in_the_vocabulary_has_the_unknown_tokens_id()
    {
        WriteVocabulary("x", "<|startoftext|>", "<|endoftext|>");
        Write("merges.txt", "#version: 0.2\n");
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder);
        Assert.Equal([1, 0, 2, 2], tokenizer.EncodeToIds("xx"));
        Assert.Null(tokenizer.MaxLength);
        Assert.Throws<ArgumentException>("length", () => tokenizer.EncodeToRow("x"));
    }

    [Fact]
    public void A_padding_token_of_its_own_is_found_in_the_text_as_it_is()
    {
        CopyFiles();
        Edit("tokenizer_config.json", json =>
        {
            json["pad_token"] = "!";
            json.AsObject().Remove("added_tokens_decoder");
        });
        File.Delete(Path.Combine(folder, "special_tokens_map.json"));
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder);
        Assert.Equal([Begin, 519, 0, End, 0], tokenizer.EncodeToRow("dog!", 5));
    }

    [Fact]
    public void The_map_counts_where_the_configuration_lists_no_tokens()
    {
        CopyFiles();
        Edit("special_tokens_map.json", json => json["pad_token"] = "the</w>");
        Assert.Equal(End, ClipTokenizer.Load(folder).PadId);
        Edit("tokenizer_config.json", json => json.AsObject().Remove("added_tokens_decoder"));
        Assert.Equal(513, ClipTokenizer.Load(folder).PadId);
    }

    [Fact]
    public void Tokens_may_be_added_behind_the_vocabulary()
    {
        CopyFiles();
        Edit("tokenizer_config.json", json => json["added_tokens_decoder"]!["535"] = JsonNode.Parse("""{"content": "<Cat-Toy>", "rstrip": true}"""));
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder);
        Assert.Equal(536, tokenizer.VocabSize);
        Assert.Equal([320, 535, 519], tokenizer.EncodeToIds("a <Cat-Toy>  dog", addEos: false));
        Assert.DoesNotContain(535, tokenizer.EncodeToIds("<cat-toy>"));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "tokenizer_class", "\"T5Tokenizer\"", "tokenizer_class: expected CLIPTokenizer, found 'T5Tokenizer'")]
    [InlineData("tokenizer_config.json", "model_max_length", "1", "model_max_length: expected a whole number from 2")]
    [InlineData("tokenizer_config.json", "bos_token", "\"<s>\"", "bos_token: expected a token of the vocabulary, found '<s>'")]
    [InlineData("tokenizer_config.json", "bos_token", "3", "bos_token")]
    [InlineData("tokenizer_config.json", "added_tokens_decoder", "{\"7\": {\"content\": \"<x>\"}}", "added_tokens_decoder.7.content: expected the token of id 7")]
    [InlineData("tokenizer_config.json", "added_tokens_decoder", "{\"x\": {\"content\": \"<x>\"}}", "added_tokens_decoder.x: expected an id")]
    [InlineData("vocab.json", "the</w>", "\"513\"", "the</w>: expected a number")]
    [InlineData("vocab.json", "the</w>", "0", "the</w>: expected an id that no other token has, found 0, which is that of")]
    [InlineData("vocab.json", "the</w>", "-1", "found -1")]
    public void A_field_that_is_not_as_expected_is_named(string file, string field, string value, string message)
    {
        CopyFiles();
        Edit(file, json => json[field] = JsonNode.Parse(value));
        var fault = Assert.Throws<TokenizerFormatException>(() => ClipTokenizer.Load(folder));
        Assert.Contains(message, fault.Message);
        Assert.Equal(Path.Combine(folder, file), fault.File);
    }

    [Fact]
    public void Damaged_and_missing_files_are_named()
    {
        CopyFiles();
        Write("merges.txt", "#version: 0.2\nt h\nt h e\n");
        Assert.Contains("merges.txt: line 3: expected two symbols, found 3", Assert.Throws<TokenizerFormatException>(() => ClipTokenizer.Load(folder)).Message);
        File.WriteAllBytes(Path.Combine(folder, "merges.txt"), [0xFF, 0xFE]);
        Assert.Contains("merges.txt: file: expected text in UTF-8", Assert.Throws<TokenizerFormatException>(() => ClipTokenizer.Load(folder)).Message);
        Write("vocab.json", "{");
        Assert.Contains("vocab.json: document: expected well-formed JSON", Assert.Throws<TokenizerFormatException>(() => ClipTokenizer.Load(folder)).Message);
        Write("vocab.json", "{}");
        Assert.Contains("at least one token", Assert.Throws<TokenizerFormatException>(() => ClipTokenizer.Load(folder)).Message);
        File.Delete(Path.Combine(folder, "vocab.json"));
        Assert.Contains("vocab.json", Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(folder)).Message);
    }

    [Fact]
    public void A_word_of_a_megabyte_takes_no_longer_than_its_length_asks_for()
    {
        var random = new Random(3);
        var text = new StringBuilder();
        while (text.Length < 1_000_000) text.Append("thedogcatphoto"[random.Next(14)]);
        var watch = Stopwatch.StartNew();
        int[] ids = Tiny.EncodeToIds(text.ToString());
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        Assert.Equal(text.ToString(), Tiny.Decode(ids));
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(folder, file), text);

    private void WriteVocabulary(params string[] tokens) =>
        Write("vocab.json", JsonSerializer.Serialize(tokens.Select((text, id) => (text, id)).ToDictionary(t => t.text, t => t.id)));

    private void CopyFiles()
    {
        foreach (string file in new[] { "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json" })
            File.Copy(Path.Combine(Repository.Golden("clip_tokenizer_tiny"), file), Path.Combine(folder, file));
    }

    private void Edit(string file, Action<JsonNode> edit)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!;
        edit(json);
        Write(file, json.ToJsonString());
    }
}
