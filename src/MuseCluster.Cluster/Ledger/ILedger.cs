using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <summary>
/// The database of record: tenants, jobs, items, leases, and which silos are there. Every method is one transaction: it
/// happens whole or not at all, and may be repeated when its caller does not know which. Safe for concurrent use, by any
/// number of processes where the database allows that. Times are the callers' clocks, which are expected to agree to a
/// second; leases last much longer.
/// </summary>
/// <remarks>Every method throws <see cref="LedgerException"/> where the database cannot be reached or refuses.</remarks>
public interface ILedger : IAsyncDisposable
{
    /// <summary>Adds a tenant, or changes its weight and limits.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="ArgumentException">The tenant is wrong; the message names the field.</exception>
    Task PutTenantAsync(Tenant tenant, CancellationToken cancellation = default);

    /// <summary>All tenants, by name.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<Tenant>> GetTenantsAsync(CancellationToken cancellation = default);

    /// <summary>Accepts a job: from now on none of its items is lost. Its tenant is added with weight 1 where it is not there.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False where a job of that id has been accepted before; nothing is changed then.</returns>
    /// <exception cref="ArgumentException">The job is wrong; the message names every field, the first 100 where there are more.</exception>
    /// <exception cref="TenantLimitException">It is more than its tenant may submit now.</exception>
    Task<bool> SubmitAsync(Job job, CancellationToken cancellation = default);

    /// <summary>How far a job is.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null where there is no such job.</returns>
    Task<JobStatus?> GetJobAsync(Guid job, CancellationToken cancellation = default);

    /// <summary>Jobs, the newest first.</summary>
    /// <param name="tenant">Whose; null for everybody's.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="after">Those accepted before this one; null for the newest.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<JobStatus>> GetJobsAsync(string? tenant, int limit, Guid? after = null, CancellationToken cancellation = default);

    /// <summary>A page of a job's items, by index.</summary>
    /// <param name="job">The job.</param>
    /// <param name="from">The first index.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<ItemStatus>> GetItemsAsync(Guid job, int from, int limit, CancellationToken cancellation = default);

    /// <summary>A page of those of a job's items that have ended, by index.</summary>
    /// <param name="job">The job.</param>
    /// <param name="since">Ended then or later.</param>
    /// <param name="from">The first index.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<ItemStatus>> GetEndedItemsAsync(Guid job, DateTimeOffset since, int from, int limit, CancellationToken cancellation = default);

    /// <summary>How many items wait in a job's queue before those of the job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>At most 10,000: beyond that nobody counts.</returns>
    Task<int> CountAheadAsync(Guid job, CancellationToken cancellation = default);

    /// <summary>Cancels what has not ended of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many items were cancelled by this call.</returns>
    Task<int> CancelAsync(Guid job, CancellationToken cancellation = default);

    /// <summary>Holds back what waits of a job, and what comes back to wait; what runs goes on to its end.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many items were held back by this call.</returns>
    Task<int> PauseAsync(Guid job, CancellationToken cancellation = default);

    /// <summary>Lets what was held back of a job wait again.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many items wait again.</returns>
    Task<int> ResumeAsync(Guid job, CancellationToken cancellation = default);

    /// <summary>Gives the failed items of a job all their attempts once more.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many items wait again.</returns>
    Task<int> RetryAsync(Guid job, CancellationToken cancellation = default);

    /// <summary>What waits and what runs, of every tenant, model and class that has either. Cheap: it counts nothing.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<Backlog>> GetBacklogAsync(CancellationToken cancellation = default);

    /// <summary>Takes queued items, the oldest of each claimed queue first: they run now, one attempt more, until their lease ends.</summary>
    /// <param name="claims">How many of which queue; there may be fewer.</param>
    /// <param name="lease">How long they may go without being renewed.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<Item>> LeaseAsync(IReadOnlyList<Claim> claims, TimeSpan lease, CancellationToken cancellation = default);

    /// <summary>Prolongs leases of running items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="lease">How long they may go from now without being renewed.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Those of them that have ended, or are not known: nobody wants their results any more. Queued ones run again.</returns>
    Task<IReadOnlyList<ItemId>> RenewAsync(IReadOnlyList<ItemId> items, TimeSpan lease, CancellationToken cancellation = default);

    /// <summary>Puts running items back into their queues, as if this attempt had not been.</summary>
    /// <param name="items">The items; those that do not run are left alone.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task ReturnAsync(IReadOnlyList<ItemId> items, CancellationToken cancellation = default);

    /// <summary>Puts running items whose leases have ended back into their queues, and fails those without attempts left.</summary>
    /// <param name="maxAttempts">Attempts an item may have.</param>
    /// <param name="limit">Most items of one call.</param>
    /// <param name="grace">How long ago their leases must have ended at least.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<Expired> ExpireAsync(int maxAttempts, int limit, TimeSpan grace = default, CancellationToken cancellation = default);

    /// <summary>Ends the leases of all running items: for a mesh that has lost what it carried.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many there were.</returns>
    Task<int> EndLeasesAsync(CancellationToken cancellation = default);

    /// <summary>Brings items to their end. The first end counts; items that have ended are left as they are.</summary>
    /// <param name="outcomes">What became of each.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Those that this call ended.</returns>
    Task<IReadOnlyList<ItemId>> EndAsync(IReadOnlyList<Outcome> outcomes, CancellationToken cancellation = default);

    /// <summary>Takes or keeps an office that one holder at a time can have: the dispatcher's, for one.</summary>
    /// <param name="office">The office.</param>
    /// <param name="holder">Who asks.</param>
    /// <param name="term">How long the office is the holder's without asking again.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False where another holds it.</returns>
    Task<bool> HoldAsync(string office, string holder, TimeSpan term, CancellationToken cancellation = default);

    /// <summary>Lays an office down, so that the next need not wait for the term's end. Nothing happens where another holds it.</summary>
    /// <param name="office">The office.</param>
    /// <param name="holder">Who has it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task ResignAsync(string office, string holder, CancellationToken cancellation = default);

    /// <summary>Says that a silo is there. <see cref="SiloStatus.Seen"/> is set by the ledger.</summary>
    /// <param name="silo">What it says of itself.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task HeartbeatAsync(SiloStatus silo, CancellationToken cancellation = default);

    /// <summary>Silos that were seen lately, by name.</summary>
    /// <param name="within">How lately.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<SiloStatus>> GetSilosAsync(TimeSpan within, CancellationToken cancellation = default);

    /// <summary>Says that a silo has gone.</summary>
    /// <param name="silo">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task ForgetAsync(string silo, CancellationToken cancellation = default);
}
