using MuseCluster.Torch;

namespace MuseCluster.Bench.Amused;

/// <summary>What runs of the same work took on one side.</summary>
/// <param name="Wall">Seconds that passed.</param>
/// <param name="Processor">
/// Seconds that all threads of the process spent on processors. Waiting takes none, so it is nearly the same beside other
/// processes, which what passed is not.
/// </param>
public sealed record SideTimes(Timing Wall, Timing Processor)
{
    /// <summary>How this compares with the faster of others.</summary>
    /// <param name="measure">What is compared, of each side.</param>
    /// <param name="others">The others.</param>
    /// <returns>Below 1 where this is faster.</returns>
    internal double By(Func<SideTimes, double> measure, params ReadOnlySpan<SideTimes> others)
    {
        var least = double.MaxValue;
        foreach (var other in others)
            least = Math.Min(least, measure(other));
        return measure(this) / least;
    }

    /// <summary>Times of runs, in one list each.</summary>
    internal static SideTimes Of(IReadOnlyList<(double Wall, double Processor)> runs) =>
        new(new Timing([.. runs.Select(r => r.Wall)]), new Timing([.. runs.Select(r => r.Processor)]));

    /// <summary>Times work of this process once.</summary>
    /// <param name="work">The work.</param>
    internal static (double Wall, double Processor) Once(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        var wall = Timing.Once(work, torch.CPU);
        return (wall, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }
}
