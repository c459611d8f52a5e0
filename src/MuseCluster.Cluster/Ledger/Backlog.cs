using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <summary>A queue: the items of one tenant, model and class, in the order they were accepted.</summary>
/// <param name="Tenant">Whose items.</param>
/// <param name="Model">The model that serves them.</param>
/// <param name="Class">How soon they are wanted.</param>
public readonly record struct QueueKey(string Tenant, string Model, PriorityClass Class);

/// <summary>What a queue has.</summary>
/// <param name="Queue">Which queue.</param>
/// <param name="Weight">Its tenant's weight.</param>
/// <param name="Queued">Items that wait.</param>
/// <param name="Running">Items on their way.</param>
/// <param name="Oldest">When the item at its head was accepted; null where none waits.</param>
/// <param name="MaxRunning">Items that its tenant may have on their way, over all its queues; null for any number.</param>
public sealed record Backlog(QueueKey Queue, double Weight, int Queued, int Running, DateTimeOffset? Oldest, int? MaxRunning = null);

/// <summary>What a dispatcher takes from a queue.</summary>
/// <param name="Queue">Which queue.</param>
/// <param name="Count">How many items.</param>
public readonly record struct Claim(QueueKey Queue, int Count);
