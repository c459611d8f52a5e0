namespace MuseCluster.Generation.Decoding;

/// <summary>
/// How the masked share of a grid falls from 1 to 0 over the steps (MaskGIT, arXiv 2202.04200, section 3.3 and figure 8;
/// the logarithmic and exponential forms follow its published code, where n is the number of tokens).
/// </summary>
public enum MaskSchedule
{
    /// <summary>cos(pi r / 2): Muse's choice.</summary>
    Cosine,

    /// <summary>1 - r.</summary>
    Linear,

    /// <summary>1 - r^2.</summary>
    Square,

    /// <summary>1 - r^3.</summary>
    Cubic,

    /// <summary>1 - 2^(-(1 - r) log2 n): late, all at once.</summary>
    Exponential,

    /// <summary>1 - sqrt(r): early, most at once.</summary>
    SquareRoot,

    /// <summary>-log2(r) / log2(n).</summary>
    Logarithmic,
}

/// <summary>The values of the schedules.</summary>
public static class MaskSchedules
{
    /// <summary>The masked share at a point of decoding.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="progress">Share of the steps made, 0 to 1.</param>
    /// <param name="tokens">Tokens that were masked at the start.</param>
    /// <returns>The share, 0 to 1; it never grows with <paramref name="progress"/>.</returns>
    public static double MaskedShare(this MaskSchedule schedule, double progress, int tokens)
    {
        var bits = Math.Log2(Math.Max(2, tokens));
        return Math.Clamp(schedule switch
        {
            MaskSchedule.Cosine => Math.Cos(Math.PI / 2 * progress),
            MaskSchedule.Linear => 1 - progress,
            MaskSchedule.Square => 1 - (progress * progress),
            MaskSchedule.Cubic => 1 - (progress * progress * progress),
            MaskSchedule.Exponential => 1 - Math.Pow(2, -bits * (1 - progress)),
            MaskSchedule.SquareRoot => 1 - Math.Sqrt(progress),
            MaskSchedule.Logarithmic => -Math.Log2(Math.Max(progress, double.Epsilon)) / bits,
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "is no schedule"),
        }, 0, 1);
    }

    /// <summary>The schedule of a name, e.g. <c>cosine</c> or <c>square-root</c>.</summary>
    /// <param name="name">Lower case, words joined by a hyphen.</param>
    /// <param name="schedule">Receives it.</param>
    /// <returns>False if there is none.</returns>
    public static bool TryParse(string name, out MaskSchedule schedule)
    {
        foreach (var candidate in Enum.GetValues<MaskSchedule>())
        {
            schedule = candidate;
            if (Name(candidate) == name)
                return true;
        }
        schedule = default;
        return false;
    }

    /// <summary>The name of a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <returns>Lower case, words joined by a hyphen.</returns>
    public static string Name(this MaskSchedule schedule) => schedule == MaskSchedule.SquareRoot ? "square-root" : schedule.ToString().ToLowerInvariant();

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<MaskSchedule>().Select(s => s.Name())];
}
