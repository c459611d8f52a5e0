using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MuseCluster.Cluster.Telemetry;

/// <summary>
/// What the cluster tells those who watch it: metrics of the meter and spans of the source <c>MuseCluster</c>. Nothing is
/// measured or kept where nobody listens.
/// </summary>
public static class ClusterTelemetry
{
    /// <summary>The name of the meter and of the source.</summary>
    public const string Name = "MuseCluster";

    /// <summary>Makes spans: one an item and stage, children of the item's dispatch.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Makes the instruments.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Items sent to their first stage; tag model.</summary>
    public static Counter<long> Dispatched { get; } = Meter.CreateCounter<long>("muse.items.dispatched", "{item}", "Items sent to their first stage.");

    /// <summary>Items whose lease ended and which wait again.</summary>
    public static Counter<long> Redispatched { get; } = Meter.CreateCounter<long>("muse.items.expired", "{item}", "Items whose lease ended and which wait again.");

    /// <summary>Items that failed; tag cause: poison, attempts, undeliverable.</summary>
    public static Counter<long> Failures { get; } = Meter.CreateCounter<long>("muse.items.failed", "{item}", "Items that failed.");

    /// <summary>Pictures stored; tags model, tenant.</summary>
    public static Counter<long> Pictures { get; } = Meter.CreateCounter<long>("muse.pictures", "{picture}", "Pictures stored.");

    /// <summary>What tenants used, in sequences that transformers saw; tag tenant.</summary>
    public static Counter<double> Usage { get; } = Meter.CreateCounter<double>("muse.tenant.usage", "{sequence}", "Sequences that transformers saw for a tenant.");

    /// <summary>One step of all items that a grain holds; tags stage, model.</summary>
    public static Histogram<double> StepTime { get; } = Meter.CreateHistogram<double>("muse.grain.step.duration", "s", "One step of all items that a grain holds.");

    /// <summary>An item in a grain, from delivery until it was passed on; tags stage, model.</summary>
    public static Histogram<double> StageTime { get; } = Meter.CreateHistogram<double>("muse.grain.item.duration", "s", "An item in a grain, from delivery until it was passed on.");

    /// <summary>Items that wait in a queue of the mesh, as the dispatcher sees it; tags stage, model.</summary>
    public static Gauge<long> QueueDepth { get; } = Meter.CreateGauge<long>("muse.queue.depth", "{item}", "Items that wait in a queue of the mesh.");

    /// <summary>Items that grains of this process hold; tags stage, model.</summary>
    public static UpDownCounter<long> InFlight { get; } = Meter.CreateUpDownCounter<long>("muse.grain.items", "{item}", "Items that grains of this process hold.");
}
