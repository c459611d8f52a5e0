namespace MuseCluster.Cluster.Grains;

/// <summary>How a grain holds its items.</summary>
public sealed record GrainOptions
{
    /// <summary>Most items held at once. 1 to 4096, default 16.</summary>
    public int Capacity { get; init; } = 16;

    /// <summary>How long an item's lease lasts after each sign of life. The dispatcher's; default 2 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the ledger is told which items are alive, and asked which are not wanted any more. Default 2 s.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The least time between two events of an interactive item's progress: somebody watches. Default 40 ms.</summary>
    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The least time between two events of a batch item's progress. Default 1 s.</summary>
    public TimeSpan BatchProgressEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long items may go on to their end when the grain drains, before they are handed back as they stand. Default 3 s.</summary>
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Deliveries after which an item whose work broke for no fault of its own is given up. 1 to 100, default 3.</summary>
    public int MaxFailures { get; init; } = 3;

    /// <summary>What is wrong with the options.</summary>
    /// <returns>The option, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (Capacity is < 1 or > 4096)
            yield return (nameof(Capacity), $"is {Capacity}, expected 1 to 4096");
        if (MaxFailures is < 1 or > 100)
            yield return (nameof(MaxFailures), $"is {MaxFailures}, expected 1 to 100");
        if (RenewEvery <= TimeSpan.Zero || RenewEvery > Lease / 3)
            yield return (nameof(RenewEvery), $"is {RenewEvery}, expected more than nothing, at most a third of the lease ({Lease})");
        if (ProgressEvery < TimeSpan.Zero)
            yield return (nameof(ProgressEvery), $"is {ProgressEvery}, expected nothing or more");
        if (BatchProgressEvery < ProgressEvery)
            yield return (nameof(BatchProgressEvery), $"is {BatchProgressEvery}, expected at least {nameof(ProgressEvery)} ({ProgressEvery})");
        if (DrainFor < TimeSpan.Zero || DrainFor > TimeSpan.FromHours(1))
            yield return (nameof(DrainFor), $"is {DrainFor}, expected up to an hour");
    }
}
