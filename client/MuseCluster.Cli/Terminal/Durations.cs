using System.Globalization;

namespace MuseCluster.Cli.Terminal;

/// <summary>Writes durations.</summary>
internal static class Durations
{
    /// <summary>As a clock does: 0:05, 12:34, 3:04:05.</summary>
    /// <param name="duration">The duration; more than 999 hours is shown as that.</param>
    public static string Clock(TimeSpan duration)
    {
        var seconds = (long)Math.Round(Math.Clamp(duration.TotalSeconds, 0, 999 * 3600.0));
        return seconds >= 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
    }
}
