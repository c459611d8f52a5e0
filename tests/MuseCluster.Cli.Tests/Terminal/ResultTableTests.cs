using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli.Tests.Terminal;

public sealed class ResultTableTests
{
    [Fact]
    public void APipeGetsPlainColumns()
    {
        Assert.Equal("name count\na        1\nlong    20\n", Written(new TerminalKind(false, ColorDepth.None, true)));
    }

    [Fact]
    public void ATerminalGetsAFrame() => Assert.StartsWith("╭──────┬───────╮\n│ name │ count │\n", Written(new TerminalKind(true, ColorDepth.None, true)), StringComparison.Ordinal);

    [Fact]
    public void LongCellsStayWholeInAPipe()
    {
        var output = new StringWriter { NewLine = "\n" };
        var pipe = new TerminalKind(false, ColorDepth.None, false);
        var text = string.Join(' ', Enumerable.Repeat("word", 100));

        ResultTable.Write(new CommandContext(false, output, pipe, output, pipe, default), ["text"], [[text]]);

        Assert.Equal($"text\n{text}\n", output.ToString());
    }

    private static string Written(TerminalKind terminal)
    {
        var output = new StringWriter { NewLine = "\n" };
        ResultTable.Write(new CommandContext(false, output, terminal, output, terminal, default), ["name", "count>"], [["a", "1"], ["long", "20"]]);
        return output.ToString();
    }
}
