using System.Globalization;
using System.Text;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Terminal;

/// <summary>How progress is shown.</summary>
internal enum ProgressStyle
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As a bar that moves.</summary>
    Live,

    /// <summary>As plain lines, far apart.</summary>
    Lines,
}

/// <summary>Where some work stands.</summary>
/// <param name="Label">What is being done; a new label is new work.</param>
/// <param name="Done">How much is done.</param>
/// <param name="Total">How much there is; 0 where nobody knows.</param>
/// <param name="Detail">Numbers to show beside the bar.</param>
/// <param name="Remaining">Time left; null to work it out from the speed so far.</param>
/// <param name="Unit">What <paramref name="Done"/> and <paramref name="Total"/> count, with a blank before it; empty where the label says it.</param>
internal readonly record struct ProgressState(string Label, long Done, long Total, string Detail = "", TimeSpan? Remaining = null, string Unit = "");

/// <summary>
/// Shows progress: a bar with time left, redrawn at most ten times a second, above it a small picture where there is one;
/// or plain lines, at most one in ten seconds. Disposing it takes the bar away. Any thread may report.
/// </summary>
/// <param name="writer">Where to.</param>
/// <param name="style">How.</param>
/// <param name="terminal">What the writer's other end can show.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressDisplay(TextWriter writer, ProgressStyle style, TerminalKind terminal, TimeProvider time) : IDisposable
{
    /// <summary>Least time between plain lines.</summary>
    public static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FrameEvery = TimeSpan.FromMilliseconds(100);
    private const int BarCells = 16;
    private readonly Lock _gate = new();
    private readonly LiveBlock _block = new(writer);
    private long _drawn = style == ProgressStyle.Lines ? time.GetTimestamp() : 0;
    private string? _label;
    private long _labelStarted, _labelFirst;
    private Picture? _picture;

    /// <summary>Whether pictures given to <see cref="Preview"/> are seen.</summary>
    public bool ShowsPictures => style == ProgressStyle.Live && TerminalPreview.IsPossible(terminal);

    /// <summary>Shows a state.</summary>
    /// <param name="state">The state.</param>
    public void Report(ProgressState state)
    {
        if (style == ProgressStyle.None)
            return;
        lock (_gate)
        {
            if (state.Label != _label)
                (_label, _labelStarted, _labelFirst) = (state.Label, time.GetTimestamp(), state.Done);
            if (_drawn != 0 && time.GetElapsedTime(_drawn) < (style == ProgressStyle.Live ? FrameEvery : LineEvery))
                return;
            _drawn = time.GetTimestamp();
            if (style == ProgressStyle.Lines)
            {
                writer.WriteLine(Describe(state));
                writer.Flush();
                return;
            }
            var width = TerminalKind.Width();
            var bar = $"{Bar(state)} {Describe(state)}";
            _block.Draw([.. Lines(_picture), bar.Length < width ? bar : bar[..(width - 1)]]);
        }
    }

    /// <summary>Puts a picture above the bar, from the next report on.</summary>
    /// <param name="picture">The picture; null takes it away.</param>
    public void Preview(Picture? picture)
    {
        lock (_gate)
            _picture = picture;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _block.Clear();
    }

    private IEnumerable<string> Lines(Picture? picture) =>
        picture is not null && ShowsPictures ? TerminalPreview.Lines(picture, TerminalPreview.Columns, TerminalPreview.Rows, terminal.Colors) : [];

    private string Bar(ProgressState state)
    {
        var (full, rest) = terminal.Unicode ? ('█', '░') : ('#', '.');
        var cells = state.Total > 0 ? (int)Math.Clamp(state.Done * BarCells / state.Total, 0, BarCells) : 0;
        return new string(full, cells) + new string(rest, BarCells - cells);
    }

    private string Describe(ProgressState state)
    {
        var line = new StringBuilder(state.Label);
        line.Append(CultureInfo.InvariantCulture, $" {state.Done}");
        if (state.Total > 0)
            line.Append(CultureInfo.InvariantCulture, $"/{state.Total}{state.Unit} {100 * state.Done / state.Total}%");
        if ((state.Remaining ?? Estimate(state)) is { } left)
            line.Append("  left ").Append(Durations.Clock(left));
        if (state.Detail.Length > 0)
            line.Append("  ").Append(state.Detail);
        return line.ToString();
    }

    private TimeSpan? Estimate(ProgressState state)
    {
        var made = state.Done - _labelFirst;
        return made > 0 && state.Total > 0 ? time.GetElapsedTime(_labelStarted) * ((state.Total - state.Done) / (double)made) : null;
    }
}
