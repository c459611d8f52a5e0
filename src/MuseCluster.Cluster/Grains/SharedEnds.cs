using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Grains;

/// <summary>Ends items in the ledger. Those that come while a call is on its way share the next one: pictures of a pass end together.</summary>
/// <param name="ledger">The ledger.</param>
internal sealed class SharedEnds(ILedger ledger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private List<Waiting> _next = [];

    /// <summary>Ends an item.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="cancellation">Gives up; the item may end all the same.</param>
    /// <returns>False where it had ended before.</returns>
    /// <exception cref="LedgerException">The ledger failed; trying again is safe.</exception>
    public async Task<bool> EndAsync(Outcome outcome, CancellationToken cancellation)
    {
        var mine = new Waiting(outcome);
        lock (_lock)
            _next.Add(mine);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Whoever had the turn before may have ended this one too.
            if (!mine.Ended.Task.IsCompleted)
                await EndAllAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
        return await mine.Ended.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task EndAllAsync(CancellationToken cancellation)
    {
        List<Waiting> all;
        lock (_lock)
            (all, _next) = (_next, []);
        try
        {
            var ended = (await ledger.EndAsync([.. all.Select(w => w.Outcome)], cancellation).ConfigureAwait(false)).ToHashSet();
            foreach (var each in all)
                each.Ended.TrySetResult(ended.Contains(each.Outcome.Item));
        }
        catch (Exception e)
        {
            foreach (var each in all)
                each.Ended.TrySetException(e);
        }
    }

    private sealed record Waiting(Outcome Outcome)
    {
        public TaskCompletionSource<bool> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
