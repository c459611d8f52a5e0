using System.Globalization;
using System.Text;

namespace MuseCluster.Cli.Terminal;

/// <summary>Makes texts of unknown origin safe to print.</summary>
internal static class PlainText
{
    /// <summary>The text in one line: control characters, which could drive the terminal, become spaces or escapes.</summary>
    /// <param name="text">The text.</param>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text.Trim())
        {
            if (c is '\n' or '\r' or '\t')
            {
                if (line.Length > 0 && line[^1] != ' ')
                    line.Append(' ');
            }
            else if (char.IsControl(c))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                line.Append(c);
        }
        return line.ToString();
    }
}
