using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Silos;

/// <summary>What a silo says of itself with every heartbeat.</summary>
/// <param name="Name">The silo; see <see cref="NameRule"/>.</param>
/// <param name="Endpoint">Where its HTTP endpoints are, or empty.</param>
/// <param name="Version">Which build it runs.</param>
/// <param name="Started">When its process started.</param>
/// <param name="Seen">When it last said so.</param>
/// <param name="Draining">Whether it takes no more items.</param>
/// <param name="Grains">What it serves.</param>
public sealed record SiloStatus(
    string Name, string Endpoint, string Version, DateTimeOffset Started, DateTimeOffset Seen, bool Draining, IReadOnlyList<GrainStatus> Grains)
{
    /// <summary>Whether it takes jobs in and stands by to dispatch.</summary>
    public bool Gateway { get; init; }
}

/// <summary>A grain's part of a heartbeat.</summary>
/// <param name="Stage">The stage it serves.</param>
/// <param name="Model">Of which model.</param>
/// <param name="Capacity">Most items it holds at once.</param>
/// <param name="Running">Items it holds.</param>
/// <param name="Finished">Items it has passed on since it started.</param>
public sealed record GrainStatus(Stage Stage, string Model, int Capacity, int Running, long Finished);
