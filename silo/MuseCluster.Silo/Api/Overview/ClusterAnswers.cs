using MuseCluster.Cluster.Work;

namespace MuseCluster.Silo.Api.Overview;

/// <summary>The cluster as it is.</summary>
/// <param name="Data">The silos.</param>
/// <param name="Queues">Items between the stages.</param>
/// <param name="Backlog">The tenant's own items.</param>
public sealed record SilosAnswer(IReadOnlyList<SiloAnswer> Data, IReadOnlyList<QueueAnswer> Queues, IReadOnlyList<BacklogAnswer> Backlog)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object => "list";
}

/// <summary>A silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The build it runs.</param>
/// <param name="StartedAt">When it started, in seconds since 1970.</param>
/// <param name="SeenAt">When it was last heard of.</param>
/// <param name="Draining">Whether it takes nothing more.</param>
/// <param name="Roles">What it serves.</param>
/// <param name="Grains">Its grains.</param>
public sealed record SiloAnswer(string Name, string Version, double StartedAt, double SeenAt, bool Draining, IReadOnlyList<string> Roles, IReadOnlyList<GrainAnswer> Grains);

/// <summary>A grain.</summary>
/// <param name="Stage">The stage it serves.</param>
/// <param name="Model">Of which model.</param>
/// <param name="Capacity">Most items it holds.</param>
/// <param name="Running">Items it holds.</param>
/// <param name="Finished">Items it has passed on since it started.</param>
public sealed record GrainAnswer(string Stage, string Model, int Capacity, int Running, long Finished);

/// <summary>A queue between stages.</summary>
/// <param name="Stage">The stage that takes from it.</param>
/// <param name="Model">Of which model.</param>
/// <param name="Depth">Items in it.</param>
public sealed record QueueAnswer(string Stage, string Model, long Depth);

/// <summary>What a tenant has in the ledger's queues.</summary>
/// <param name="Tenant">Who.</param>
/// <param name="Model">For which model.</param>
/// <param name="Class">interactive or batch.</param>
/// <param name="Queued">Items that wait.</param>
/// <param name="Running">Items on their way.</param>
public sealed record BacklogAnswer(string Tenant, string Model, PriorityClass Class, int Queued, int Running);

/// <summary>A tenant's usage and limits.</summary>
/// <param name="Data">By day.</param>
/// <param name="Limits">What it may do.</param>
public sealed record UsageAnswer(IReadOnlyList<UsageDay> Data, LimitsAnswer Limits)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object => "list";
}

/// <summary>What a tenant has had on a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Pictures">Pictures.</param>
/// <param name="Steps">Decoding steps.</param>
/// <param name="DeviceSeconds">Seconds of processors or GPUs.</param>
public sealed record UsageDay(string Day, long Pictures, long Steps, double DeviceSeconds);

/// <summary>What a tenant may do; null where nothing limits it.</summary>
/// <param name="Weight">Its share of a busy cluster.</param>
/// <param name="RequestsPerMinute">Requests a minute.</param>
/// <param name="MaxRunning">Items on their way.</param>
/// <param name="MaxQueued">Items that wait.</param>
/// <param name="MaxBatch">Items of one job.</param>
/// <param name="Models">Models.</param>
/// <param name="RetentionDays">Days until its jobs are deleted.</param>
public sealed record LimitsAnswer(double Weight, int? RequestsPerMinute, int? MaxRunning, int? MaxQueued, int? MaxBatch, IReadOnlyList<string>? Models, int? RetentionDays);
