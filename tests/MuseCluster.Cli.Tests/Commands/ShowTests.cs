using System.Text.Json;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class ShowTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PrintsTheParametersAsATable()
    {
        var result = MuseProcess.Run("show", Picture("""{"prompt":"a red circle","seed":7,"guidance":2.5}"""));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("parameter value\nprompt    a red circle\nseed      7\nguidance  2.5\n", result.Output);
    }

    [Fact]
    public void PrintsTheParametersAsJson()
    {
        var result = MuseProcess.Run("show", "--json", Picture("""{"prompt":"a \"red\" circle — 赤い円","seed":18446744073709551615}"""));

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("a \"red\" circle — 赤い円", json.RootElement.GetProperty("prompt").GetString());
        Assert.Equal(ulong.MaxValue, json.RootElement.GetProperty("seed").GetUInt64());
    }

    [Fact]
    public void ATextCannotDriveTheTerminal()
    {
        var result = MuseProcess.Run("show", Picture("""{"prompt":"\u001b[2Jgone\nnext"}"""));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("prompt    \\u001b[2Jgone next\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void APictureWithoutParametersSaysSo() => Fails("no text chunk 'muse'", 1, Picture(null));

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[1]", "is no JSON object")]
    public void DamagedParametersAreNamed(string text, string message) => Fails($"the text chunk 'muse' {message}", 1, Picture(text));

    [Fact]
    public void AFileThatIsNoPngIsNamed() => Fails("PNG signature", 1, _folder.Write("text.png", "not a picture"));

    [Fact]
    public void AnEmptyFileIsNamed() => Fails("PNG signature", 1, _folder.Write("empty.png", ""));

    [Fact]
    public void AMissingFileIsNamed() => Fails("is not there; expected a PNG file", 2, _folder["none.png"]);

    [Fact]
    public void AFolderIsNamed() => Fails("is a folder; expected a PNG file", 2, _folder.Path);

    [Fact]
    public void AHugeFileIsRefusedUnread()
    {
        using (var file = File.Create(_folder["huge.png"]))
            file.SetLength(1L << 40);
        Fails("expected a PNG file of at most 256 MiB", 2, _folder["huge.png"]);
    }

    [Fact]
    public void ADeviceWithoutEndIsRefused() => Fails("PNG signature", 1, "/dev/zero");

    private string Picture(string? parameters) => _folder.Write("picture.png", Png.Encode(
        Generation.Pictures.Picture.Solid(4, 4, new Rgb(1, 2, 3)), parameters is null ? [new PngText("Comment", "x")] : [new PngText("muse", parameters)]));

    private static void Fails(string message, int exitCode, string file)
    {
        var result = MuseProcess.Run("show", file);

        Assert.StartsWith("muse show: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(file, result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Empty(result.Output);
    }
}
