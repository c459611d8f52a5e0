using System.Text.Json;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Ledger;

/// <content>What queries give. A member is set where the query has its column.</content>
public sealed partial class SqlLedger
{
    private sealed record BacklogRow
    {
        public string Tenant { get; init; } = "";

        public string Model { get; init; } = "";

        public PriorityClass Class { get; init; }

        public double Weight { get; init; }

        public int Queued { get; init; }

        public int Running { get; init; }

        public long? Oldest { get; init; }

        public string? Limits { get; init; }

        public Backlog Backlog => new(new QueueKey(Tenant, Model, Class), Weight, Queued, Running, Moment(Oldest), ReadLimits(Limits).MaxRunning);
    }

    private sealed record JobRow
    {
        public string Id { get; init; } = "";

        public string Tenant { get; init; } = "";

        public string Model { get; init; } = "";

        public PriorityClass Class { get; init; }

        public long Created { get; init; }

        public int Queued { get; init; }

        public int Running { get; init; }

        public int Paused { get; init; }

        public int Done { get; init; }

        public int Failed { get; init; }

        public int Cancelled { get; init; }

        public JobStatus Status => new(
            Guid.ParseExact(Id, "N"), Tenant, Model, Class, Moment(Created), Queued, Running, Paused, Done, Failed, Cancelled);
    }

    private sealed record ItemRow
    {
        public string Id { get; init; } = "";

        public string Tenant { get; init; } = "";

        public string Model { get; init; } = "";

        public PriorityClass Class { get; init; }

        public long Created { get; init; }

        public long Job { get; init; }

        public int Idx { get; init; }

        public long Queue { get; init; }

        public ItemState State { get; init; }

        // Whether the job is: its items wait apart.
        public bool Paused { get; init; }

        public int Attempt { get; init; }

        public long? Lease { get; init; }

        public long? Dispatched { get; init; }

        public long? Ended { get; init; }

        public string Request { get; init; } = "";

        public string? Result { get; init; }

        public string? Reason { get; init; }

        public ItemId Key => new(Guid.ParseExact(Id, "N"), Idx);

        public Item Item => new(Key, Tenant, Model, Class, JsonSerializer.Deserialize<GenerationRequest>(Request, RequestJson.Options)!, Attempt);

        public ItemStatus Status => new(Item, State, Result, Reason, Moment(Created), Moment(Dispatched), Moment(Ended));
    }

    private sealed record Count
    {
        public ItemState State { get; init; }

        public int Items { get; init; }
    }

    private sealed record SiloRow
    {
        public long Seen { get; init; }

        public string Status { get; init; } = "";

        public SiloStatus Silo => JsonSerializer.Deserialize<SiloStatus>(Status, RequestJson.Options)! with { Seen = Moment(Seen) };
    }
}
