using System.Text.Json;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class GenerateTests : IDisposable
{
    private const string Prompt = "a red circle above a blue square";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WritesAPictureThatSaysHowItWasMadeAndCanBeMadeAgain()
    {
        var result = MuseProcess.Run("generate", Prompt, "--seed", "7", "--negative", "green", "--out", _folder["out.png"]);
        Assert.Equal((0, ""), (result.ExitCode, string.Join('\n', result.ErrorLines.Where(l => !l.StartsWith("generating", StringComparison.Ordinal)))));

        var image = Png.Decode(File.ReadAllBytes(_folder["out.png"]));
        Assert.Equal((128, 128), (image.Picture.Width, image.Picture.Height));
        using var shown = JsonDocument.Parse(MuseProcess.Run("show", "--json", _folder["out.png"]).Output);
        Assert.Equal((Prompt, "green", 7UL), (
            shown.RootElement.GetProperty("prompt").GetString(), shown.RootElement.GetProperty("negative").GetString(), shown.RootElement.GetProperty("seed").GetUInt64()));

        Assert.Equal(0, MuseProcess.Run("generate", "--like", _folder["out.png"], "--out", _folder["again.png"]).ExitCode);
        Assert.Equal(File.ReadAllBytes(_folder["out.png"]), File.ReadAllBytes(_folder["again.png"]));
    }

    [Fact]
    public void APictureOfManyIsTheOneItWouldBeAlone()
    {
        var result = MuseProcess.Run("generate", Prompt, "--seed", "3", "--count", "3", "--steps", "6", "--out", _folder["p.png"], "--json");
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        var files = json.RootElement.GetProperty("pictures").EnumerateArray().Select(p => p.GetProperty("file").GetString()!).ToArray();
        Assert.Equal([_folder["p-1.png"], _folder["p-2.png"], _folder["p-3.png"]], files);

        Assert.Equal(0, MuseProcess.Run("generate", "--like", files[2], "--out", _folder["third.png"]).ExitCode);
        Assert.Equal(File.ReadAllBytes(files[2]), File.ReadAllBytes(_folder["third.png"]));
        Assert.NotEqual(File.ReadAllBytes(files[0]), File.ReadAllBytes(files[1]));
    }

    [Theory]
    [InlineData("--steps", "0")]
    [InlineData("--steps", "2.5")]
    [InlineData("--guidance", "-1")]
    [InlineData("--temperature", "hot")]
    [InlineData("--min-p", "1.5")]
    [InlineData("--seed", "-1")]
    [InlineData("--count", "0")]
    [InlineData("--schedule", "quadratic")]
    [InlineData("--model", "no-such-model")]
    [InlineData("--like", "no-such-file.png")]
    [InlineData("--out", "no-such-folder/out.png")]
    public void AWrongValueIsOneLineThatNamesTheFlag(string flag, string value)
    {
        var result = MuseProcess.Run("generate", Prompt, flag, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(flag, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("expected", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void NoPromptIsAnError()
    {
        var result = MuseProcess.Run("generate");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("PROMPT", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void CtrlCEndsWith130AndLeavesNoFile()
    {
        var result = MuseProcess.RunUntil(
            cpu => cpu > TimeSpan.FromSeconds(2), MuseProcess.Interrupt, "generate", Prompt, "--count", "500", "--steps", "200", "--out", _folder["out.png"]);
        Assert.Equal(130, result.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void EvalMeasuresEveryClaimAndDrawsASheet()
    {
        var result = MuseProcess.Run("eval", "shapes", "--per-kind", "2", "--backgrounds", "2", "--steps", "4", "--sr-steps", "2", "--out", _folder["sheet.png"], "--json");
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(10, json.RootElement.GetProperty("pictures").GetInt32());
        Assert.Equal(10, json.RootElement.GetProperty("groups").GetProperty("all").GetProperty("all claims").GetProperty("of").GetInt32());
        Assert.True(Png.Decode(File.ReadAllBytes(_folder["sheet.png"])).Picture.Width > 128);
    }
}
