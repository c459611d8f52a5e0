namespace MuseCluster.LocalCluster.GatewayLoad;

/// <summary>What a gateway holds out.</summary>
/// <param name="Batches">Batches of growing length.</param>
/// <param name="Load">Many connections at once.</param>
/// <param name="Restart">A batch whose silo was killed in the middle.</param>
public sealed record GatewayReport(IReadOnlyList<BatchTime> Batches, LoadResult Load, RestartResult Restart);

/// <summary>A batch whose silo was killed in the middle, and started again.</summary>
/// <param name="Lines">Its lines.</param>
/// <param name="DoneBefore">Those that were done when it was killed.</param>
/// <param name="Status">How the batch ended.</param>
/// <param name="Completed">Lines with a picture.</param>
/// <param name="Failed">Lines without.</param>
/// <param name="Output">Lines of the output file.</param>
/// <param name="Distinct">Different ids in it.</param>
/// <param name="Again">Items that were dispatched more than once: those on their way when it was killed.</param>
public sealed record RestartResult(int Lines, int DoneBefore, string Status, int Completed, int Failed, int Output, int Distinct, int Again);

/// <summary>A batch on its way into the ledger.</summary>
/// <param name="Lines">Its lines.</param>
/// <param name="UploadSeconds">Until its file was there.</param>
/// <param name="SubmitSeconds">From then until all its items waited in the ledger.</param>
/// <param name="MemoryMiB">What the gateway's process held at most until then, resident.</param>
public sealed record BatchTime(int Lines, double UploadSeconds, double SubmitSeconds, double MemoryMiB);

/// <summary>Tenants beyond their limits, for a while.</summary>
/// <param name="Seconds">How long.</param>
/// <param name="PerSecond">Requests answered in a second.</param>
/// <param name="ReadMedian">Milliseconds of a read that was let in, from when it was due: the median.</param>
/// <param name="Read99">The same, of the 99th percentile.</param>
/// <param name="Tenants">What each tenant got.</param>
public sealed record LoadResult(double Seconds, double PerSecond, double ReadMedian, double Read99, IReadOnlyList<TenantLoad> Tenants);

/// <summary>What a tenant got.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="Sent">Requests that it sent.</param>
/// <param name="LetIn">Those that were let in.</param>
/// <param name="MayHave">Those that its limit lets in.</param>
/// <param name="TooMany">Those that were answered 429 with Retry-After.</param>
/// <param name="Wrong">Those that were answered otherwise: 5xx, or 429 without Retry-After.</param>
/// <param name="Waiting">Items of it that wait in the ledger.</param>
/// <param name="MayWait">Those that may.</param>
public sealed record TenantLoad(string Tenant, int Sent, int LetIn, int MayHave, int TooMany, int Wrong, int Waiting, int MayWait)
{
    /// <summary>Whether its limits held exactly.</summary>
    public bool Exact => LetIn == MayHave && Waiting == MayWait && Wrong == 0;
}
