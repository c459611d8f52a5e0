namespace MuseCluster.Cluster.Dispatch;

/// <summary>How items are chosen and sent.</summary>
public sealed record DispatchOptions
{
    /// <summary>
    /// Items in flight of a model for each place that its grains have, over all stages. More hides the way between stages;
    /// fewer let an interactive item come sooner. 1 to 16, default 1.5.
    /// </summary>
    public double WindowFactor { get; init; } = 1.5;

    /// <summary>Items in flight of a model at least, while any silo serves it. 1 to 100,000, default 16.</summary>
    public int MinWindow { get; init; } = 16;

    /// <summary>Most items that one call takes from the ledger. 1 to 10,000, default 500.</summary>
    public int MaxBatch { get; init; } = 500;

    /// <summary>Items by which a tenant's interactive work may run ahead of its share. 0 to 10,000, default 16.</summary>
    public double InteractiveBurst { get; init; } = 16;

    /// <summary>How long a tenant's batch items wait behind its own interactive ones before both take turns. Default 1 minute.</summary>
    public TimeSpan AgeAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an item may go without a sign of life from a grain. 1 second to 1 hour, default 2 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Leases beyond its own for which an item counts as alive while any wait in the mesh's queues: nobody renews the lease
    /// of one that waits there. 0 to 1000, default 10.
    /// </summary>
    public double WaitingLeases { get; init; } = 10;

    /// <summary>Times an item is dispatched before it is given up. 1 to 100, default 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How often the ledger is asked for work while there is none, or no room. Default 100 ms.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the dispatcher's office is held without asking again: the longest time that nobody dispatches after a silo has died. Default 5 s.</summary>
    public TimeSpan Term { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after its last heartbeat a silo counts as there. Default 15 s.</summary>
    public TimeSpan SiloTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with the options.</summary>
    /// <returns>The option, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (!(WindowFactor is >= 1 and <= 16))
            yield return (nameof(WindowFactor), $"is {WindowFactor}, expected 1 to 16");
        if (MinWindow is < 1 or > 100_000)
            yield return (nameof(MinWindow), $"is {MinWindow}, expected 1 to 100000");
        if (MaxBatch is < 1 or > 10_000)
            yield return (nameof(MaxBatch), $"is {MaxBatch}, expected 1 to 10000");
        if (!(InteractiveBurst is >= 0 and <= 10_000))
            yield return (nameof(InteractiveBurst), $"is {InteractiveBurst}, expected 0 to 10000");
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromHours(1))
            yield return (nameof(Lease), $"is {Lease}, expected 1 second to 1 hour");
        if (!(WaitingLeases is >= 0 and <= 1000))
            yield return (nameof(WaitingLeases), $"is {WaitingLeases}, expected 0 to 1000");
        if (MaxAttempts is < 1 or > 100)
            yield return (nameof(MaxAttempts), $"is {MaxAttempts}, expected 1 to 100");
        foreach (var (field, value) in new[] { (nameof(AgeAfter), AgeAfter), (nameof(Poll), Poll), (nameof(Term), Term), (nameof(SiloTimeout), SiloTimeout) })
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
                yield return (field, $"is {value}, expected more than nothing, at most a day");
    }
}
