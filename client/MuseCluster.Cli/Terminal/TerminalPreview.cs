using System.Globalization;
using System.Text;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Terminal;

/// <summary>Draws a small copy of a picture with half-block characters: each cell is two pixels, one above the other.</summary>
internal static class TerminalPreview
{
    /// <summary>The usual width in cells.</summary>
    public const int Columns = 32;

    /// <summary>The usual height in cells.</summary>
    public const int Rows = 16;

    private const char UpperHalf = '▀';
    private const string Reset = "\u001b[0m";

    /// <summary>Whether a terminal can show pictures.</summary>
    /// <param name="terminal">The terminal.</param>
    public static bool IsPossible(TerminalKind terminal) => terminal is { IsTerminal: true, Unicode: true, Colors: not ColorDepth.None };

    /// <summary>Writes a picture to stdout where that is a terminal that can show it and no program reads it.</summary>
    /// <param name="context">The command's output.</param>
    /// <param name="picture">The picture.</param>
    public static void Write(CommandContext context, Picture picture)
    {
        if (context.Json || !IsPossible(context.OutputTerminal))
            return;
        foreach (var line in Lines(picture, Columns, Rows, context.OutputTerminal.Colors))
            context.Output.WriteLine(line);
    }

    /// <summary>The picture as lines of a terminal.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="columns">Width in cells.</param>
    /// <param name="rows">Height in cells.</param>
    /// <param name="colors">The terminal's colours.</param>
    public static IEnumerable<string> Lines(Picture picture, int columns, int rows, ColorDepth colors)
    {
        var small = picture.ResizeBox(columns, 2 * rows);
        for (var row = 0; row < rows; row++)
        {
            var line = new StringBuilder();
            var (foreground, background) = ("", "");
            for (var column = 0; column < columns; column++)
            {
                var (above, below) = (Code(small[column, 2 * row], colors), Code(small[column, (2 * row) + 1], colors));
                if (above != foreground)
                    line.Append(CultureInfo.InvariantCulture, $"\u001b[38;{foreground = above}m");
                if (below != background)
                    line.Append(CultureInfo.InvariantCulture, $"\u001b[48;{background = below}m");
                line.Append(UpperHalf);
            }
            yield return line.Append(Reset).ToString();
        }
    }

    private static string Code(Rgb color, ColorDepth colors) => colors == ColorDepth.True
        ? string.Create(CultureInfo.InvariantCulture, $"2;{color.R};{color.G};{color.B}")
        : string.Create(CultureInfo.InvariantCulture, $"5;{16 + (36 * Level(color.R)) + (6 * Level(color.G)) + Level(color.B)}");

    // The 6 x 6 x 6 colours of xterm stand at 0, 95, 135, 175, 215 and 255.
    private static int Level(byte value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}
