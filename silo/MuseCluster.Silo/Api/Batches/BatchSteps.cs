using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Errors;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>
/// Takes batches from state to state. Whatever is begun and not ended by a crash is begun again: jobs and files have ids that
/// follow from the batch's, and a state is only left by whoever finds the batch in it.
/// </summary>
/// <param name="gateway">What it works with.</param>
internal sealed class BatchSteps(Gateway gateway) : IDisposable
{
    private static readonly TimeSpan UntilSomeStarted = TimeSpan.FromSeconds(5);

    // A large input takes memory while it is read.
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>Takes a batch as far as it goes now.</summary>
    /// <param name="batch">The batch as the ledger told it.</param>
    /// <param name="cancellation">Gives up; what is done stays done.</param>
    /// <returns>How long to leave it alone at least.</returns>
    /// <exception cref="LedgerException">The ledger failed; trying again is safe.</exception>
    /// <exception cref="ArtifactException">The store failed; trying again is safe.</exception>
    public async Task<TimeSpan> AdvanceAsync(BatchRecord batch, CancellationToken cancellation)
    {
        var job = await gateway.Ledger.GetJobAsync(batch.Job ?? BatchIds.Job(batch.Id), cancellation).ConfigureAwait(false);
        var over = gateway.Time.GetUtcNow() >= batch.Expires;
        switch (batch.State)
        {
            case BatchState.Validating when over && job is null:
                var late = new BatchError("batch_expired", $"the window of {batch.Window} ended before the tenant's limits let the batch begin; none of its requests was made", null, null);
                await EndAsync(batch with { Errors = [late] }, BatchState.Expired, [], cancellation).ConfigureAwait(false);
                return TimeSpan.Zero;
            case BatchState.Validating when !over:
                return await ValidateAsync(batch, cancellation).ConfigureAwait(false);
            case BatchState.Validating or BatchState.InProgress when over || job is null or { Ended: true }:
                var outcome = job is null or { Ended: true } ? BatchState.Completed : BatchState.Expired;
                var finalizing = batch with { State = BatchState.Finalizing, Outcome = outcome, Job = batch.Job ?? job?.Id, Finalizing = gateway.Time.GetUtcNow() };
                if (await gateway.Ledger.ChangeBatchAsync(finalizing, batch.State, null, cancellation).ConfigureAwait(false))
                    await FinalizeAsync(finalizing, job, outcome, cancellation).ConfigureAwait(false);
                return TimeSpan.Zero;
            case BatchState.Finalizing:
                await FinalizeAsync(batch, job, batch.Outcome ?? BatchState.Completed, cancellation).ConfigureAwait(false);
                return TimeSpan.Zero;
            case BatchState.Cancelling when job is null && batch.Job is null:
                await EndAsync(batch, BatchState.Cancelled, [], cancellation).ConfigureAwait(false);
                return TimeSpan.Zero;
            case BatchState.Cancelling:
                await FinalizeAsync(batch, job, BatchState.Cancelled, cancellation).ConfigureAwait(false);
                return TimeSpan.Zero;
            default:
                return TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async Task<TimeSpan> ValidateAsync(BatchRecord batch, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var valid = await BatchValidation.ReadAsync(batch, gateway, cancellation).ConfigureAwait(false);
            if (valid.Job is not { } job)
                await EndAsync(batch with { Errors = valid.Errors }, BatchState.Failed, [], cancellation).ConfigureAwait(false);
            else if (await SubmitAsync(batch, job, cancellation).ConfigureAwait(false))
                await StartAsync(batch, job.Id, valid.Lines, cancellation).ConfigureAwait(false);
            else
                return UntilSomeStarted;
            return TimeSpan.Zero;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <returns>False where it has to wait.</returns>
    private async Task<bool> SubmitAsync(BatchRecord batch, Job job, CancellationToken cancellation)
    {
        try
        {
            await gateway.Ledger.SubmitAsync(job, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TenantLimitException e)
        {
            var tenant = await gateway.Ledger.GetTenantAsync(batch.Tenant, cancellation).ConfigureAwait(false);
            // It fits when others have started, unless it is too large by itself.
            if (e.Limit == nameof(TenantLimits.MaxQueued) && !(job.Requests.Count > tenant?.Limits.MaxQueued))
                return false;
            var error = ErrorAnswers.Of(e);
            await EndAsync(batch with { Errors = [new BatchError(error.Code, error.Message, null, null)] }, BatchState.Failed, [], cancellation).ConfigureAwait(false);
            return true;
        }
    }

    private async Task StartAsync(BatchRecord batch, Guid job, int lines, CancellationToken cancellation)
    {
        var started = batch with { State = BatchState.InProgress, Job = job, Lines = lines, Started = gateway.Time.GetUtcNow() };
        if (await gateway.Ledger.ChangeBatchAsync(started, BatchState.Validating, null, cancellation).ConfigureAwait(false))
            return;
        // It was cancelled meanwhile, and whoever ended it may have found no job.
        if (await gateway.Ledger.GetBatchAsync(batch.Id, cancellation).ConfigureAwait(false) is null or { State: BatchState.Cancelled or BatchState.Expired or BatchState.Failed })
            await gateway.Ledger.CancelAsync(job, cancellation).ConfigureAwait(false);
    }

    private async Task FinalizeAsync(BatchRecord batch, JobStatus? job, BatchState outcome, CancellationToken cancellation)
    {
        if (job is not null && outcome != BatchState.Completed)
            await gateway.Ledger.CancelAsync(job.Id, cancellation).ConfigureAwait(false);
        if (await new BatchResults(batch, job, gateway).WriteAsync(cancellation).ConfigureAwait(false) is var (ended, files))
            await EndAsync(ended, outcome, files, cancellation).ConfigureAwait(false);
        else
            await EndAsync(
                batch with { Errors = [new BatchError("file_not_found", "the input's content is not there any more; the pictures are in the batch's job", "input_file_id", null)] },
                BatchState.Failed, [], cancellation).ConfigureAwait(false);
    }

    private Task<bool> EndAsync(BatchRecord batch, BatchState state, IReadOnlyList<FileRecord> files, CancellationToken cancellation) =>
        gateway.Ledger.ChangeBatchAsync(batch with { State = state, Ended = gateway.Time.GetUtcNow() }, batch.State, files, cancellation);
}
