using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Models.Tests.Tokenizers;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Models.Tokenizers.Clip;
using Xunit.Abstractions;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Damaged tokenizers, each of which cuts a text when it loads.</summary>
public sealed class TokenizerMutationTests(ITestOutputHelper output) : IDisposable
{
    private const string Sample = "a photo of 3 Dogs, running! <|endoftext|> ﬁ é 東京 ";

    private readonly MutationRun run = new(output);

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData("vocab.json", 500, 300)]
    [InlineData("tokenizer_config.json", 2000, 300)]
    [InlineData("special_tokens_map.json", 2000, 300)]
    [InlineData("merges.txt", 0, 600)]
    public void FilesOfClip(string file, int fields, int bytes)
    {
        string source = Repository.Golden("clip_tokenizer_tiny");
        foreach (string name in new[] { "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json" })
            File.Copy(Path.Combine(source, name), run.Folder[name]);
        // The map counts only where the configuration does not list its tokens.
        if (file == "special_tokens_map.json") File.Delete(run.Folder["tokenizer_config.json"]);
        byte[] seed = File.ReadAllBytes(run.Folder[file]);
        IEnumerable<Mutant> mutants = Mutant.ByChance(seed, bytes, 35);
        if (fields > 0) mutants = mutants.Concat(JsonMutation.Of(Encoding.UTF8.GetString(seed), fields));
        string[] others = file is "vocab.json" or "merges.txt" ? ["tokenizer_config.json", "special_tokens_map.json"] : [];
        var (loaded, refused) = run.Feed(file, mutants, _ => Use(ClipTokenizer.Load(run.Folder.Path)), others);
        Assert.True(loaded > 20 && refused > 20, $"{loaded} loaded, {refused} refused");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TokenizerJson(bool legacy)
    {
        JsonNode json = TokenizerJsonWriter.Write(TinyModel.Of(CharsMapBuilder.Build(("ab", "c"))), legacy);
        byte[] seed = TokenizerJsonWriter.ToBytes(json);
        var (loaded, refused) = run.Feed(
            "tokenizer.json", [.. Mutant.ByChance(seed, 300, 36), .. JsonMutation.Of(Encoding.UTF8.GetString(seed), 1200)], path => Use(SentencePieceTokenizer.Load(path)));
        Assert.True(loaded > 100 && refused > 500, $"{loaded} loaded, {refused} refused");
    }

    [Fact]
    public void SentencePieceModels()
    {
        byte[] seed = TinyModel.Of(CharsMapBuilder.Build(("ab", "c"), ("abc", "ﬁ"), ("\u00e9", "e"), ("\u3000", " "), ("x", "")));
        var (loaded, refused) = run.Feed("spiece.model", Mutant.ByChance(seed, 1500, 37, dense: 400), path => Use(SentencePieceTokenizer.Load(path)));
        Assert.True(loaded > 50 && refused > 100, $"{loaded} loaded, {refused} refused");
    }

    private static void Use(Tokenizer tokenizer)
    {
        int[] ids = tokenizer.EncodeToIds(Sample);
        Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabSize - 1));
        tokenizer.Decode(ids);
    }
}
