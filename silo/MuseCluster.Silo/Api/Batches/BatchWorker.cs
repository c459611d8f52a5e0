using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>
/// Takes batches on behind the requests' backs, as long as it holds the office: a few at a time, one of each tenant. Should two
/// work at once for a moment, nothing is done twice.
/// </summary>
internal sealed partial class BatchWorker : IAsyncDisposable
{
    /// <summary>The office that the working one holds.</summary>
    public const string Office = "batches";

    private const int AtOnce = 4;
    private const int LookedAt = 32;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ResignWithin = TimeSpan.FromSeconds(1);

    private readonly Gateway _gateway;
    private readonly string _name;
    private readonly ILogger _logger;
    private readonly BatchSteps _steps;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, Task<Left>> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, (DateTimeOffset Until, int Tries)> _resting = [];
    private readonly Task _working;

    /// <summary>Starts.</summary>
    /// <param name="gateway">What it works with.</param>
    /// <param name="name">Who holds the office: the silo's name.</param>
    /// <param name="logger">Told what goes wrong.</param>
    public BatchWorker(Gateway gateway, string name, ILogger<BatchWorker> logger)
    {
        (_gateway, _name, _logger, _steps) = (gateway, name, logger, new BatchSteps(gateway));
        _working = Task.Run(() => WorkAsync(_stopping.Token));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _working.ConfigureAwait(false);
        _steps.Dispose();
        _stopping.Dispose();
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var office = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            try
            {
                while (await _gateway.Ledger.HoldAsync(Office, _name, Term, stopping).ConfigureAwait(false))
                {
                    await StartAsync(office.Token).ConfigureAwait(false);
                    await Task.Delay(Poll, _gateway.Time, stopping).ConfigureAwait(false);
                    Collect();
                }
            }
            catch (LedgerException e)
            {
                NoLedger(e.Message);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The silo stops.
            }
            // Another holds the office now, or may soon.
            await office.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_running.Values).ConfigureAwait(false);
            Collect();
            await Task.Delay(Poll, _gateway.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await ResignAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        if (_running.Count >= AtOnce)
            return;
        var now = _gateway.Time.GetUtcNow();
        foreach (var batch in await _gateway.Ledger.GetDueBatchesAsync(LookedAt, cancellation).ConfigureAwait(false))
            if (_running.Count < AtOnce && !_running.ContainsKey(batch.Tenant) && !(_resting.TryGetValue(batch.Id, out var rest) && now < rest.Until))
                _running[batch.Tenant] = Task.Run(() => AdvanceAsync(batch, cancellation), CancellationToken.None);
    }

    // What has ended leaves its place to others.
    private void Collect()
    {
        foreach (var (tenant, task) in _running.Where(r => r.Value.IsCompleted).ToList())
        {
            _running.Remove(tenant);
            var left = task.Result;
            if (!left.Broke && left.Pause == TimeSpan.Zero)
            {
                _resting.Remove(left.Batch);
                continue;
            }
            // To try again is to read the whole input again.
            var tries = _resting.GetValueOrDefault(left.Batch).Tries + 1;
            var seconds = Math.Min(LongestPause.TotalSeconds, Math.Max(left.Pause.TotalSeconds, Math.Pow(2, tries)));
            _resting[left.Batch] = (_gateway.Time.GetUtcNow() + TimeSpan.FromSeconds(seconds), tries);
        }
    }

    private async Task<Left> AdvanceAsync(BatchRecord batch, CancellationToken cancellation)
    {
        try
        {
            return new Left(batch.Id, await _steps.AdvanceAsync(batch, cancellation).ConfigureAwait(false), false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new Left(batch.Id, TimeSpan.Zero, false);
        }
        catch (Exception e) when (e is LedgerException or ArtifactException)
        {
            Trouble(batch.Id, e.Message);
            return new Left(batch.Id, TimeSpan.Zero, true);
        }
        catch (Exception e)
        {
            // One batch must not stop the others.
            Broke(batch.Id, e);
            return new Left(batch.Id, TimeSpan.Zero, true);
        }
    }

    private async Task ResignAsync()
    {
        try
        {
            using var soon = new CancellationTokenSource(ResignWithin, _gateway.Time);
            await _gateway.Ledger.ResignAsync(Office, _name, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException)
        {
            // The office falls free when its term ends.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "batches wait for the ledger, trying again: {Problem}")]
    private partial void NoLedger(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "batch {Batch} is interrupted, trying again: {Problem}")]
    private partial void Trouble(Guid batch, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "batch {Batch} broke, trying again")]
    private partial void Broke(Guid batch, Exception e);

    /// <summary>How a batch was left.</summary>
    private sealed record Left(Guid Batch, TimeSpan Pause, bool Broke);
}
