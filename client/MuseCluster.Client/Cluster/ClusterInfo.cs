namespace MuseCluster.Client;

/// <summary>The cluster as it is now.</summary>
/// <param name="Data">Its silos.</param>
/// <param name="Queues">What waits before each stage.</param>
/// <param name="Backlog">What the tenant has waiting and running.</param>
public sealed record ClusterInfo(IReadOnlyList<SiloInfo> Data, IReadOnlyList<QueueInfo>? Queues, IReadOnlyList<BacklogInfo>? Backlog);

/// <summary>A silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="StartedAt">Since when it runs.</param>
/// <param name="SeenAt">When it last gave a sign of life.</param>
/// <param name="Draining">Whether it takes nothing more in.</param>
/// <param name="Roles">Its stages, and gateway.</param>
/// <param name="Grains">What it serves.</param>
public sealed record SiloInfo(
    string Name, string? Version, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool Draining, IReadOnlyList<string>? Roles, IReadOnlyList<GrainInfo>? Grains);

/// <summary>What serves a stage of a model on a silo.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Model">The model.</param>
/// <param name="Capacity">Items it holds at most.</param>
/// <param name="Running">Items it holds.</param>
/// <param name="Finished">Items it has finished since the silo started.</param>
public sealed record GrainInfo(string Stage, string Model, int Capacity, int Running, long Finished);

/// <summary>Items before a stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Model">The model.</param>
/// <param name="Depth">How many.</param>
public sealed record QueueInfo(string Stage, string Model, long Depth);

/// <summary>Items of a tenant that are not done.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Model">The model.</param>
/// <param name="Class"><c>interactive</c> or <c>batch</c>.</param>
/// <param name="Queued">Those that wait.</param>
/// <param name="Running">Those being made.</param>
public sealed record BacklogInfo(string Tenant, string Model, string Class, long Queued, long Running);
