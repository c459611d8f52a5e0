using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>
/// Deletes what tenants' retention is over for: pictures first, then the job, so that what a crash leaves is found again. One
/// gateway of the cluster does it.
/// </summary>
internal sealed partial class Retention : IAsyncDisposable
{
    private const string Office = "retention";
    private const int JobsAtOnce = 100;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SqlLedger _ledger;
    private readonly IArtifactStore _artifacts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name = Guid.NewGuid().ToString("N");
    private readonly Task _running;

    /// <summary>Starts.</summary>
    /// <param name="ledger">Has tenants and jobs.</param>
    /// <param name="artifacts">Has the pictures.</param>
    /// <param name="time">Time.</param>
    /// <param name="logger">Told what was deleted.</param>
    public Retention(SqlLedger ledger, IArtifactStore artifacts, TimeProvider time, ILogger<Retention> logger)
    {
        (_ledger, _artifacts, _time, _logger) = (ledger, artifacts, time, logger);
        _running = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Deletes once.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many jobs were deleted.</returns>
    internal async Task<int> DeleteOnceAsync(CancellationToken cancellation)
    {
        var deleted = 0;
        foreach (var tenant in await _ledger.GetTenantsAsync(cancellation).ConfigureAwait(false))
            if (tenant.Limits.RetentionDays is { } days)
                foreach (var job in await _ledger.GetEndedJobsAsync(tenant.Name, _time.GetUtcNow().AddDays(-days), JobsAtOnce, cancellation).ConfigureAwait(false))
                {
                    await foreach (var artifact in _artifacts.ListAsync(tenant.Name, job.ToString("N") + "/", cancellation).ConfigureAwait(false))
                        await _artifacts.DeleteAsync(artifact, cancellation).ConfigureAwait(false);
                    if (await _ledger.DeleteJobAsync(job, cancellation).ConfigureAwait(false))
                        deleted++;
                }
        return deleted;
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                try
                {
                    if (await _ledger.HoldAsync(Office, _name, Every * 3, stopping).ConfigureAwait(false) && await DeleteOnceAsync(stopping).ConfigureAwait(false) is > 0 and var deleted)
                        Deleted(_logger, deleted);
                }
                catch (Exception e) when (e is LedgerException or ArtifactException)
                {
                    Failed(_logger, e.Message);
                }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} jobs are deleted: their retention was over")]
    private static partial void Deleted(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "old jobs could not be deleted, trying again: {Problem}")]
    private static partial void Failed(ILogger logger, string problem);
}
