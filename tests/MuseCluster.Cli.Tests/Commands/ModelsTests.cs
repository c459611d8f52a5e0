using System.Text.Json.Nodes;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Tests.Commands;

/// <summary>The golden aMUSEd through every command that knows models.</summary>
public sealed class ModelsTests : IDisposable
{
    private const string Prompt = "a dog and a cat";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void APublishedModelIsAddedAndMakesPicturesThatCanBeMadeAgain()
    {
        var added = Muse("models", "add", Golden("amused_pipeline_tiny"), "--name", "tiny", "--licence", "MIT", "--json");
        Assert.Equal(("tiny", "amused", "MIT", true, 24), (Text(added, "name"), Text(added, "family"), Text(added, "licence"), added["linked"]!.GetValue<bool>(), added["width"]!.GetValue<int>()));

        var row = Assert.Single(MuseArray("models", "list", "--json"))!;
        Assert.Equal(("tiny", false), (Text(row, "name"), row["default"]!.GetValue<bool>()));
        var shown = Muse("models", "show", "tiny", "--json");
        Assert.Equal(["text", "base", "pixels"], shown["stages"]!.AsArray().Select(s => Text(s!, "stage")));
        Assert.Equal((12, 10.0), (shown["defaults"]!["steps"]!.GetValue<int>(), shown["defaults"]!["guidance"]!.GetValue<double>()));
        Assert.Equal(7, Muse("models", "verify", "tiny", "--json")["files"]!.GetValue<int>());

        Picture(24, 24, "out.png", Prompt, "--model", "tiny", "--seed", "7");
        Picture(24, 24, "again.png", "--like", _folder["out.png"]);
        Assert.Equal(File.ReadAllBytes(_folder["out.png"]), File.ReadAllBytes(_folder["again.png"]));
    }

    [Fact]
    public void AConvertedModelMakesTheSameTokensInFullPrecisionAndPicturesInHalf()
    {
        Muse("models", "add", Golden("amused_pipeline_tiny"), "--name", "tiny", "--json");
        var before = Picture(24, 24, "before.png", Prompt, "--model", "tiny", "--seed", "7");
        foreach (var dtype in new[] { "fp32", "bf16", "fp16" })
        {
            var written = MuseProcess.Run("convert", "tiny", "--out", _folder[$"models/tiny-{dtype}"], "--dtype", dtype, "--models", _folder["models"], "--json");
            Assert.Equal((0, ""), (written.ExitCode, written.Error));
            var after = Picture(24, 24, $"{dtype}.png", Prompt, "--model", $"tiny-{dtype}", "--seed", "7");
            if (dtype == "fp32")
                Assert.True(after.SamePixels(before));
        }
        var again = MuseProcess.Run("convert", "tiny", "--out", _folder["models/tiny-fp32"], "--models", _folder["models"]);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--out", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void SizesScoresCropsAndAPictureToStartFromAreKeptInTheFile()
    {
        Muse("models", "add", Golden("amused_pipeline_tiny"), "--name", "tiny", "--json");
        Picture(48, 24, "wide.png", Prompt, "--model", "tiny", "--seed", "7", "--size", "48x24", "--aesthetic-score", "7.5", "--crop", "1,2");
        Picture(48, 24, "again.png", "--like", _folder["wide.png"]);
        Assert.Equal(File.ReadAllBytes(_folder["wide.png"]), File.ReadAllBytes(_folder["again.png"]));
        var other = Picture(48, 24, "plain.png", "--like", _folder["wide.png"], "--aesthetic-score", "1");
        Assert.False(other.SamePixels(Read("wide.png")));

        // Of the picture to start from, most tokens stay; and it is shrunk to the size that is asked for.
        File.WriteAllBytes(_folder["large.png"], Png.Encode(Read("wide.png").ResizeNearest(96, 48)));
        Picture(48, 24, "changed.png", "a cat", "--model", "tiny", "--image", _folder["large.png"], "--size", "48x24", "--strength", "0.25", "--seed", "1");
        Picture(48, 24, "changed-again.png", "--like", _folder["changed.png"]);
        Assert.Equal(File.ReadAllBytes(_folder["changed.png"]), File.ReadAllBytes(_folder["changed-again.png"]));
        var initial = JsonNode.Parse(MuseProcess.Run("show", "--json", _folder["changed.png"]).Output)!["initial"]!;
        Assert.Equal((72, 0.25), (initial["grid"]!.AsArray().Count, initial["strength"]!.GetValue<double>()));
    }

    [Theory]
    [InlineData("shapes", "--size", "64x64", "128x128 alone")]
    [InlineData("shapes", "--size", "64", "expected a width and a height")]
    [InlineData("shapes", "--aesthetic-score", "7", "neither scores nor crops")]
    [InlineData("shapes", "--crop", "0,0", "neither scores nor crops")]
    [InlineData("shapes", "--strength", "0.5", "expected --image")]
    [InlineData("shapes", "--image", "docs/first-picture.png", "super-resolution")]
    [InlineData("tiny", "--size", "25x24", "multiples of 4")]
    [InlineData("tiny", "--crop", "1", "expected two whole numbers")]
    [InlineData("tiny", "--strength", "0", "above 0")]
    [InlineData("tiny", "--image", "docs/first-picture.png", "expected 24x24, or more of the same shape, which are shrunk; --size 944x128 takes it as it is")]
    [InlineData("tiny", "--image", "no-such-file.png", "is not there")]
    public void WhatAModelDoesNotTakeIsRefusedByName(string model, string flag, string value, string expected)
    {
        if (model == "tiny")
            Muse("models", "add", Golden("amused_pipeline_tiny"), "--name", "tiny", "--json");
        var path = Path.Combine(Repository, value);
        string[] models = model == "tiny" ? ["--models", _folder["models"]] : [];
        var result = MuseProcess.Run(["generate", Prompt, "--model", model, flag, File.Exists(path) ? path : value, "--out", _folder["out.png"], .. models]);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"muse generate: {flag}: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--size", "64x64")]
    [InlineData("--image", "a.png")]
    [InlineData("--aesthetic-score", "5")]
    [InlineData("--crop", "0,0")]
    [InlineData("--models", "models")]
    public void AServerThatHasNoSuchFieldIsNotAsked(string flag, string value)
    {
        var result = MuseProcess.Run("generate", Prompt, flag, value, "--server", "http://127.0.0.1:9");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"muse generate: {flag}: does not go with a server", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsMissingIsSaidForEveryStageALineEach()
    {
        var result = MuseProcess.Run("models", "add", Golden("amused_vq_a"), "--models", _folder["models"]);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("muse models add: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal(["text", "tokenizer", "base", "superres", "pixels", "scheduler"], result.ErrorLines.Skip(1).Select(l => l.Trim().Split(':')[0]));
        Assert.False(Directory.Exists(_folder["models"]));
        Assert.Equal(2, MuseProcess.Run("models", "add", _folder["nowhere"], "--models", _folder["models"]).ExitCode);
        Assert.Equal(2, MuseProcess.Run("models", "add", Golden("amused_vq_a"), "--name", "a/b").ExitCode);
    }

    [Fact]
    public void ChangedFilesAreAllListedAndOnlyLinksAreRemovedUnasked()
    {
        Muse("models", "add", Golden("amused_pipeline_tiny"), "--name", "linked", "--json");
        Muse("models", "add", Golden("amused_pipeline_tiny"), "--name", "copied", "--copy", "--json");
        File.AppendAllText(_folder["models/copied/base/diffusion_pytorch_model.safetensors"], "!");
        File.Delete(_folder["models/copied/tokenizer/merges.txt"]);
        var verified = MuseProcess.Run("models", "verify", "copied", "--models", _folder["models"]);
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains(verified.ErrorLines, l => l.StartsWith("  tokenizer/merges.txt is missing", StringComparison.Ordinal));
        Assert.Contains(verified.ErrorLines, l => l.StartsWith("  base/diffusion_pytorch_model.safetensors has SHA-256", StringComparison.Ordinal));

        // A damaged model is listed, so that it can be removed.
        Assert.Equal(["copied", "linked"], MuseArray("models", "list", "--json").Select(m => Text(m!, "name")));
        Assert.Equal(2, MuseProcess.Run("models", "remove", "copied", "--models", _folder["models"]).ExitCode);
        Assert.Equal(2, MuseProcess.Run("models", "remove", "../models", "--yes", "--models", _folder["models"]).ExitCode);
        Assert.True(Muse("models", "remove", "copied", "--yes", "--json")["weightsRemoved"]!.GetValue<bool>());
        Assert.False(Muse("models", "remove", "linked", "--json")["weightsRemoved"]!.GetValue<bool>());
        Assert.Empty(Directory.GetFileSystemEntries(_folder["models"]));
        Assert.True(File.Exists(Path.Combine(Golden("amused_pipeline_tiny"), "transformer", "diffusion_pytorch_model.safetensors")));
    }

    private static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    private static string Golden(string name) => Path.Combine(Repository, "tests", "golden", name);

    private static string Text(JsonNode node, string field) => node[field]!.GetValue<string>();

    private Picture Read(string file) => Png.Decode(File.ReadAllBytes(_folder[file])).Picture;

    private JsonObject Muse(params string[] arguments) => Parsed(arguments).AsObject();

    private JsonArray MuseArray(params string[] arguments) => Parsed(arguments).AsArray();

    private JsonNode Parsed(string[] arguments)
    {
        var result = MuseProcess.Run([.. arguments, "--models", _folder["models"]]);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonNode.Parse(result.Output)!;
    }

    private Picture Picture(int width, int height, string file, params string[] arguments)
    {
        var result = MuseProcess.Run(["generate", .. arguments, "--out", _folder[file], "--models", _folder["models"]]);
        Assert.True(result.ExitCode == 0, result.Error);
        var picture = Read(file);
        Assert.Equal((width, height), (picture.Width, picture.Height));
        return picture;
    }
}
