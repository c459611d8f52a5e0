using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Simulation;

/// <summary>What a dispatch benchmark measures.</summary>
public sealed record DispatchBenchmarkOptions
{
    /// <summary>The fewest items that shares can be told from.</summary>
    public const int LeastItems = 100;

    /// <summary>Items of each run, in the order of the runs. At least <see cref="LeastItems"/> each.</summary>
    public IReadOnlyList<int> Items { get; init; } = [1_000, 10_000, 100_000, 1_000_000];

    /// <summary>The silos.</summary>
    public SimulationOptions Cluster { get; init; } = new();

    /// <summary>How items are dispatched.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>Who has as many items as each of the others, all from the start.</summary>
    public IReadOnlyList<Tenant> Tenants { get; init; } = [new("one", 1), new("two", 2), new("four", 4)];

    /// <summary>Who submits a single interactive item while the others' wait.</summary>
    public Tenant Single { get; init; } = new("single", 1);

    /// <summary>Most items of one job.</summary>
    public int JobItems { get; init; } = 50_000;

    /// <summary>Most items that end in one transaction.</summary>
    public int EndBatch { get; init; } = 1000;

    /// <summary>Powers of ten from a thousand up to a number, and the number.</summary>
    /// <param name="most">The number.</param>
    public static IReadOnlyList<int> UpTo(int most)
    {
        var sizes = new List<int>();
        for (long size = 1000; size < most; size *= 10)
            sizes.Add((int)size);
        return [.. sizes, most];
    }
}
