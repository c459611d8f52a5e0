using System.Text.Json;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class RecipeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>A recipe whose networks are too small to be of use, and train in seconds.</summary>
    public static string Tiny => Path.Combine(AppContext.BaseDirectory, "Fixtures", "tiny.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryWrongFieldIsNamed()
    {
        var recipe = File.ReadAllText(Tiny)
            .Replace("\"scenes\": 64", "\"scenes\": 0", StringComparison.Ordinal)
            .Replace("\"steps\": 400, \"batchSize\": 2", "\"steps\": -1, \"batchSize\": 0", StringComparison.Ordinal)
            .Replace("\"dim\": 16, \"layers\": 1", "\"dim\": 18, \"layers\": 0", StringComparison.Ordinal)
            .Replace("\"lowGridSize\": 4", "\"lowGridSize\": 2", StringComparison.Ordinal);

        var error = Refused(_folder.Write("wrong.json", recipe));

        foreach (var problem in new[]
        {
            "scenes is 0", "vqganBase.training.Steps is -1", "vqganBase.training.BatchSize is 0", "base.network: ", "Dim is 18", "Layers is 0",
            "superres.network.lowGridSize is 2, expected 4",
        })
            Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownFieldIsNamed() =>
        Assert.Contains("'scene'", Refused(_folder.Write("wrong.json", File.ReadAllText(Tiny).Replace("\"scenes\"", "\"scene\"", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void AFileThatIsNoJsonIsNamed() => Assert.Contains("wrong.json", Refused(_folder.Write("wrong.json", "{ \"name\":")), StringComparison.Ordinal);

    [Fact]
    public void AMissingRecipeIsNamed() => Assert.Contains("is not there", Refused(_folder["none.json"]), StringComparison.Ordinal);

    [Fact]
    public void ARunThatIsAFileIsNamed()
    {
        var result = MuseProcess.Run("train", "--recipe", Tiny, "--run", _folder.Write("run", "x"));

        Assert.Contains("--run: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
    }

    [Fact]
    public void ListShowsEveryStageAndMakesNothing()
    {
        var result = MuseProcess.Run("train", "--list", "--recipe", Tiny, "--run", _folder["run"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["stage", "tokenizer", "text", "vqgan-base", "vqgan-superres", "decoder", "tokens", "base", "superres"],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
        Assert.Matches(@"(?m)^vqgan-base +not started +0 +400$", result.Output);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void ListAsJsonHasTheChosenStages()
    {
        var result = MuseProcess.Run("train", "text", "base", "--list", "--json", "--recipe", Tiny, "--run", _folder["run"]);

        using var json = JsonDocument.Parse(result.Output);
        var stages = json.RootElement.GetProperty("stages").EnumerateArray().ToList();
        Assert.Equal(["text", "base"], stages.Select(s => s.GetProperty("stage").GetString()));
        Assert.All(stages, s => Assert.False(s.GetProperty("finished").GetBoolean()));
    }

    private string Refused(string recipe)
    {
        var result = MuseProcess.Run("train", "--recipe", recipe, "--run", _folder["run"]);

        Assert.StartsWith("muse train: --recipe: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
        Assert.False(Directory.Exists(_folder["run"]));
        return result.Error;
    }
}
