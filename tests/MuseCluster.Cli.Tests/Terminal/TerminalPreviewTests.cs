using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Tests.Terminal;

public sealed class TerminalPreviewTests
{
    private static readonly Rgb Red = new(255, 0, 0), Blue = new(0, 0, 255);

    [Fact]
    public void ACellShowsTwoPixels()
    {
        var picture = new Picture(2, 2, [255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255]);

        Assert.Equal("\u001b[38;2;255;0;0m\u001b[48;2;0;0;255m▀▀\u001b[0m", Assert.Single(TerminalPreview.Lines(picture, 2, 1, ColorDepth.True)));
        Assert.Equal("\u001b[38;5;196m\u001b[48;5;21m▀▀\u001b[0m", Assert.Single(TerminalPreview.Lines(picture, 2, 1, ColorDepth.Indexed)));
    }

    [Fact]
    public void APictureIsShrunkToTheCells()
    {
        var lines = TerminalPreview.Lines(Picture.Solid(128, 128, Red), 32, 16, ColorDepth.True).ToList();

        Assert.Equal(16, lines.Count);
        Assert.All(lines, l => Assert.Equal(32, l.Count(c => c == '▀')));
    }

    [Theory]
    [InlineData(true, "xterm-256color", "truecolor", null, false)]
    [InlineData(false, "xterm-256color", "truecolor", null, true)]
    [InlineData(false, "xterm-256color", null, null, true)]
    [InlineData(false, "xterm", null, null, false)]
    [InlineData(false, "dumb", "truecolor", null, false)]
    [InlineData(false, null, null, null, false)]
    [InlineData(false, "xterm-256color", "truecolor", "1", false)]
    public void PicturesAreShownWhereTheTerminalCan(bool redirected, string? term, string? color, string? noColor, bool expected)
    {
        var variables = new Dictionary<string, string?> { ["TERM"] = term, ["COLORTERM"] = color, ["NO_COLOR"] = noColor, ["LANG"] = "C.UTF-8" };

        Assert.Equal(expected, TerminalPreview.IsPossible(TerminalKind.Detect(redirected, variables.GetValueOrDefault)));
    }

    [Fact]
    public void NothingIsWrittenIntoAFile()
    {
        var output = new StringWriter();
        var file = new TerminalKind(false, ColorDepth.None, true);

        TerminalPreview.Write(new CommandContext(false, output, file, output, file, default), Picture.Solid(4, 4, Blue));

        Assert.Empty(output.ToString());
    }
}
