using System.Globalization;
using System.Text;

namespace MuseCluster.Cli.Terminal;

/// <summary>Lines at the bottom of a terminal that are drawn over again in place.</summary>
/// <param name="writer">The terminal.</param>
internal sealed class LiveBlock(TextWriter writer)
{
    private const string EraseLine = "\u001b[2K";
    private const string EraseBelow = "\u001b[J";
    private int _height;

    /// <summary>Draws the lines where the last ones stand.</summary>
    /// <param name="lines">Each no wider than the terminal.</param>
    public void Draw(IReadOnlyList<string> lines)
    {
        // One write per frame: a frame in pieces flickers.
        var frame = new StringBuilder(Home());
        if (lines.Count < _height)
            frame.Append(EraseBelow);
        frame.AppendJoin('\n', lines.Select(l => EraseLine + l));
        _height = lines.Count;
        writer.Write(frame);
        writer.Flush();
    }

    /// <summary>Takes the lines away.</summary>
    public void Clear()
    {
        if (_height == 0)
            return;
        writer.Write(Home() + EraseBelow);
        writer.Flush();
        _height = 0;
    }

    private string Home() => _height > 1 ? string.Create(CultureInfo.InvariantCulture, $"\r\u001b[{_height - 1}A") : "\r";
}
