using System.Diagnostics;
using MuseCluster.Bench.Arithmetic;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Profiling;

/// <summary>Times operators one by one and adds them up by kind.</summary>
/// <param name="device">Where they run.</param>
/// <param name="perOperator">Time spent on each.</param>
internal sealed class OperatorTimer(Device device, TimeSpan perOperator)
{
    private readonly Dictionary<string, KindTime> _kinds = [];

    /// <summary>What has been timed, in the order of each kind's first operator.</summary>
    internal IReadOnlyList<KindTime> Kinds => [.. _kinds.Values];

    /// <summary>Times an operator.</summary>
    /// <param name="kind">What it is counted as.</param>
    /// <param name="times">How often a pass calls it.</param>
    /// <param name="work">Its arithmetic, once.</param>
    /// <param name="call">Calls it once.</param>
    internal void Add(string kind, int times, Work work, Func<Tensor> call)
    {
        var best = double.MaxValue;
        var started = Stopwatch.GetTimestamp();
        for (var run = 0; run < 3 || (run < 200 && Stopwatch.GetElapsedTime(started) < perOperator); run++)
        {
            using var scope = NewDisposeScope();
            best = Math.Min(best, Timing.Once(() => call(), device));
        }
        var known = _kinds.GetValueOrDefault(kind, new KindTime(kind, 0, default));
        _kinds[kind] = known with { Seconds = known.Seconds + (times * best), Work = known.Work + (times * work) };
    }
}
