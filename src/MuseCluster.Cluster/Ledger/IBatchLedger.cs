using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <summary>What the ledger knows of files and batches. Transactions as those of <see cref="ILedger"/>.</summary>
/// <remarks>Every method throws <see cref="LedgerException"/> where the database cannot be reached or refuses.</remarks>
public interface IBatchLedger
{
    /// <summary>Adds a file. Its tenant is added where it is not there. Nothing happens where a file of that id is there.</summary>
    /// <param name="file">The file; its artifact is written.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task AddFileAsync(FileRecord file, CancellationToken cancellation = default);

    /// <summary>A file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null where there is none.</returns>
    Task<FileRecord?> GetFileAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>A tenant's files, the newest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="purpose">Only those of this purpose; null for all.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="after">Those added before this one; null for the newest.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<FileRecord>> GetFilesAsync(string tenant, string? purpose, int limit, Guid? after = null, CancellationToken cancellation = default);

    /// <summary>Forgets a file, unless a batch that has not ended reads it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<FileDeletion> DeleteFileAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>Adds a batch whose input is a file of its tenant.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<BatchAddition> AddBatchAsync(BatchRecord batch, CancellationToken cancellation = default);

    /// <summary>A batch.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null where there is none.</returns>
    Task<BatchRecord?> GetBatchAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>A tenant's batches, the newest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="after">Those added before this one; null for the newest.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<BatchRecord>> GetBatchesAsync(string tenant, int limit, Guid? after = null, CancellationToken cancellation = default);

    /// <summary>
    /// Batches for which there is something to do: those that have not ended, but for those whose job has not and whose window
    /// is not over. Of each tenant the oldest, those that are to be validated last.
    /// </summary>
    /// <param name="each">Most of each tenant.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyList<BatchRecord>> GetDueBatchesAsync(int each, CancellationToken cancellation = default);

    /// <summary>Changes a batch and adds the files that came of it, unless it has left a state meanwhile.</summary>
    /// <param name="batch">The batch as it shall be; what was given when it was added stays.</param>
    /// <param name="from">The state that it is expected to be in.</param>
    /// <param name="files">Files; those that are there are left as they are.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False where it is in another state, or not there; nothing is changed then.</returns>
    Task<bool> ChangeBatchAsync(BatchRecord batch, BatchState from, IReadOnlyList<FileRecord>? files = null, CancellationToken cancellation = default);
}
