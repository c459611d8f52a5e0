using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Models.Import;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Shows work on files: a bar of megabytes with speed and time left.</summary>
/// <param name="display">Where to.</param>
/// <param name="time">The clock.</param>
internal sealed class FileWork(ProgressDisplay display, TimeProvider time) : IProgress<FileProgress>
{
    private const double Megabyte = 1e6;
    private string? _activity;
    private long _started;

    /// <inheritdoc/>
    public void Report(FileProgress value)
    {
        if (value.Activity != _activity)
            (_activity, _started) = (value.Activity, time.GetTimestamp());
        var seconds = time.GetElapsedTime(_started).TotalSeconds;
        var speed = seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{value.BytesDone / Megabyte / seconds:0} MB/s  ") : "";
        TimeSpan? left = value.BytesDone > 0 ? TimeSpan.FromSeconds(seconds * (value.BytesTotal - value.BytesDone) / value.BytesDone) : null;
        display.Report(new ProgressState(value.Activity, Round(value.BytesDone), Round(value.BytesTotal), speed + value.File, left, " MB"));
    }

    private static long Round(long bytes) => (long)Math.Ceiling(bytes / Megabyte);
}
