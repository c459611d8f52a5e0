using MuseCluster.Cluster.Work;

namespace MuseCluster.Simulation;

/// <summary>What a simulated cluster is made of. All silos are alike: each serves every stage of one model.</summary>
public sealed record SimulationOptions
{
    /// <summary>Silos. At least 1.</summary>
    public int Silos { get; init; } = 1000;

    /// <summary>Items that each of a silo's grains holds at once; a silo has a grain for each stage. At least 1.</summary>
    public int Capacity { get; init; } = 4;

    /// <summary>The model that they serve; see <see cref="NameRule"/>.</summary>
    public string Model { get; init; } = "simulated";

    /// <summary>How often each silo tells the ledger that it is there.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long items take.</summary>
    public LatencyModel Latency { get; init; } = new();

    /// <summary>Items that a silo holds at once, over all its grains.</summary>
    public int Places => Capacity * StageNames.All.Count;
}
