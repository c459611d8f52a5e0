using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MuseCluster.Cli.Terminal;

/// <summary>Prints results as a table: framed on a terminal, plain columns in a file or pipe.</summary>
internal static class ResultTable
{
    private const int PipeWidth = 4096;

    /// <summary>Prints the table.</summary>
    /// <param name="context">The command's output.</param>
    /// <param name="headers">The columns' names; one that ends in <c>&gt;</c> is aligned right.</param>
    /// <param name="rows">The cells, as many in each row as headers; control characters are escaped.</param>
    public static void Write(CommandContext context, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = context.OutputTerminal is { IsTerminal: true, Unicode: true } ? TableBorder.Rounded : TableBorder.None };
        foreach (var header in headers)
        {
            var right = header.EndsWith('>');
            table.AddColumn(new TableColumn(new Text(header.TrimEnd('>'))) { Alignment = right ? Justify.Right : Justify.Left, NoWrap = !context.OutputTerminal.IsTerminal });
        }
        foreach (var row in rows)
            table.AddRow(row.Select(IRenderable (cell) => new Text(PlainText.OneLine(cell))));

        var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = context.OutputTerminal.IsTerminal ? TerminalKind.Width() : PipeWidth;
        console.Profile.Capabilities.Unicode = context.OutputTerminal.Unicode;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
            context.Output.WriteLine(line.TrimEnd());
    }
}
