using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <summary>What became of an item: a result, or a reason why there is none.</summary>
/// <param name="Item">The item.</param>
/// <param name="Result">The artifact of its manifest; null where it failed.</param>
/// <param name="Reason">Why it failed; null where it is done.</param>
public sealed record Outcome(ItemId Item, string? Result, string? Reason)
{
    /// <summary>Decoding steps that were made for it, for its tenant's usage.</summary>
    public int Steps { get; init; }

    /// <summary>Seconds that processors or GPUs computed for it, for its tenant's usage.</summary>
    public double DeviceSeconds { get; init; }

    /// <summary>It is done.</summary>
    /// <param name="item">The item.</param>
    /// <param name="result">The artifact of its manifest.</param>
    public static Outcome Done(ItemId item, string result) => new(item, result, null);

    /// <summary>It has failed.</summary>
    /// <param name="item">The item.</param>
    /// <param name="reason">Why, in one sentence that its tenant may read.</param>
    public static Outcome Failed(ItemId item, string reason) => new(item, null, reason);
}

/// <summary>What became of items whose leases had ended.</summary>
/// <param name="Queued">They wait again.</param>
/// <param name="Failed">They had no attempts left.</param>
public sealed record Expired(IReadOnlyList<ItemId> Queued, IReadOnlyList<ItemId> Failed);
