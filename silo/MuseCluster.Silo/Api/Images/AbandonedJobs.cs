using System.Threading.Channels;
using MuseCluster.Cluster.Ledger;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Api.Images;

/// <summary>Cancels jobs for which nobody waits any more, behind the requests' backs.</summary>
internal sealed partial class AbandonedJobs : IAsyncDisposable
{
    private readonly Channel<Guid> _jobs = Channel.CreateBounded<Guid>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _cancelling;

    /// <summary>Starts.</summary>
    /// <param name="ledger">Has the jobs.</param>
    /// <param name="logger">Told what goes wrong.</param>
    public AbandonedJobs(ILedger ledger, ILogger<AbandonedJobs> logger) => _cancelling = Task.Run(() => CancelAsync(ledger, logger, _stopping.Token));

    /// <summary>Cancels a job soon.</summary>
    /// <param name="job">The job.</param>
    public void Cancel(Guid job) => _jobs.Writer.TryWrite(job);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _cancelling.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task CancelAsync(ILedger ledger, ILogger logger, CancellationToken stopping)
    {
        try
        {
            await foreach (var job in _jobs.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
                try
                {
                    await ledger.CancelAsync(job, stopping).ConfigureAwait(false);
                }
                catch (LedgerException e)
                {
                    // It is made, and nobody looks at it.
                    NotCancelled(logger, job, e.Message);
                }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} was abandoned and could not be cancelled: {Problem}")]
    private static partial void NotCancelled(ILogger logger, Guid job, string problem);
}
