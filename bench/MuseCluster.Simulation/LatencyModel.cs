using System.Runtime.InteropServices;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Simulation;

/// <summary>
/// How long a silo takes for an item: the sum of a log-normal time for each stage, drawn from the seed and the item's name
/// alone, so that it does not depend on who asks when.
/// </summary>
public sealed record LatencyModel
{
    /// <summary>From which times are drawn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The median of each stage, in seconds, in the stages' order. Default: what a small model takes on an accelerator.</summary>
    public IReadOnlyList<double> Medians { get; init; } = [0.01, 0.24, 0.16, 0.04];

    /// <summary>The standard deviation of the times' logarithms. 0 for none.</summary>
    public double Spread { get; init; } = 0.3;

    /// <summary>What items take on average, in seconds.</summary>
    public double Mean => Medians.Sum() * Math.Exp(Spread * Spread / 2);

    /// <summary>What an item takes from the moment a silo has room for it.</summary>
    /// <param name="item">The item.</param>
    public TimeSpan Of(ItemId item)
    {
        var job = MemoryMarshal.Cast<byte, ulong>(item.Job.ToByteArray());
        var state = Mix(Mix(Mix(Seed ^ job[0]) ^ job[1]) ^ (ulong)item.Index);
        return TimeSpan.FromSeconds(Medians.Sum(median => median * Math.Exp(Spread * Normal(ref state))));
    }

    // Box and Muller, of two uniforms above 0.
    private static double Normal(ref ulong state)
    {
        var (radius, angle) = (Uniform(ref state), Uniform(ref state));
        return Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
    }

    private static double Uniform(ref ulong state) => ((Mix(state += 0x9E3779B97F4A7C15) >> 11) + 1) * (1.0 / (1UL << 53));

    // The finalizer of SplitMix64.
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
