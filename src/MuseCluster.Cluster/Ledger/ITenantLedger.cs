using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <summary>What the ledger knows of tenants beyond their work: keys, usage, what is to be deleted. Transactions as those of <see cref="ILedger"/>.</summary>
/// <remarks>Every method throws <see cref="LedgerException"/> where the database cannot be reached or refuses.</remarks>
public interface ITenantLedger
{
    /// <summary>A tenant.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null where there is none.</returns>
    Task<Tenant?> GetTenantAsync(string name, CancellationToken cancellation = default);

    /// <summary>Gives a tenant a key.</summary>
    /// <param name="tenant">The tenant; it is there.</param>
    /// <param name="key">The key.</param>
    /// <param name="only">Whether its other keys end with this.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False where there is no such tenant.</returns>
    Task<bool> AddKeyAsync(string tenant, ApiKeyRecord key, bool only, CancellationToken cancellation = default);

    /// <summary>Ends all keys of a tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many there were.</returns>
    Task<int> RevokeKeysAsync(string tenant, CancellationToken cancellation = default);

    /// <summary>Finds a key.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The key and whose it is, with limits; null where it never was or has ended.</returns>
    Task<(ApiKeyRecord Key, Tenant Tenant)?> FindKeyAsync(string id, CancellationToken cancellation = default);

    /// <summary>How many keys each tenant has.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyDictionary<string, int>> CountKeysAsync(CancellationToken cancellation = default);

    /// <summary>What a tenant has had, by day; days without anything are left out.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<UsageOfDay>> GetUsageAsync(string tenant, DateOnly from, DateOnly to, CancellationToken cancellation = default);

    /// <summary>A secret that all silos of the cluster share: the first that is proposed stays.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="proposed">What it becomes where there is none yet.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<byte[]> GetSecretAsync(string name, byte[] proposed, CancellationToken cancellation = default);

    /// <summary>Jobs that have ended, the oldest first, but for those of batches that have not.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="before">Accepted before this.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<Guid>> GetEndedJobsAsync(string tenant, DateTimeOffset before, int limit, CancellationToken cancellation = default);

    /// <summary>Forgets a job that has ended, and its items; that of a batch when the batch has ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False where there is none, or it has not ended.</returns>
    Task<bool> DeleteJobAsync(Guid job, CancellationToken cancellation = default);
}
