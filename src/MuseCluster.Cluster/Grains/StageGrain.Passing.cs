using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Grains;

/// <summary>What happens to items that leave the grain's thread: sent on, stored, ended, or handed back.</summary>
public sealed partial class StageGrain
{
    private async Task PassOnAsync()
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = _options.Capacity, CancellationToken = _running.Token };
        try
        {
            await Parallel.ForEachAsync(_through.Reader.ReadAllAsync(_running.Token), options, async (held, _) => await PassOnAsync(held).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_running.IsCancellationRequested)
        {
            // What is left is delivered again.
        }
        finally
        {
            await _holding.CancelAsync().ConfigureAwait(false);
        }
    }

    // Finished work is worth keeping while mesh, ledger or store are away: it is tried until it is done or the grain stops.
    private async Task PassOnAsync(HeldItem held)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await PassOnOnceAsync(held, _running.Token).ConfigureAwait(false);
                Forget(held);
                return;
            }
            catch (Exception e) when (e is MeshException or LedgerException or ArtifactException)
            {
                Trouble(_address, e.Message);
                await PauseAsync(failures, _running.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException && held is { Failure: null, Broken: false })
            {
                // A result that cannot be stored is its item's trouble; it must not end the grain's passing on.
                Break(held, e);
            }
        }
    }

    private async Task PassOnOnceAsync(HeldItem held, CancellationToken cancellation)
    {
        if (held.Failure is { } reason)
            await EndAsync(held, Outcome.Failed(held.Message.Item.Id, reason), cancellation).ConfigureAwait(false);
        else if (held.Broken)
        {
            // It may come back before the call returns, and must not find itself here.
            Forget(held);
            await held.ReturnAsync(cancellation).ConfigureAwait(false);
            return;
        }
        else if (held.Finished && !held.Unwanted)
            await FinishAsync(held, cancellation).ConfigureAwait(false);
        else if (!held.Unwanted)
            await _mesh.SendAsync(_address, held.Task?.Message ?? held.Message, cancellation).ConfigureAwait(false);
        await held.AcknowledgeAsync(cancellation).ConfigureAwait(false);
    }

    private async Task FinishAsync(HeldItem held, CancellationToken cancellation)
    {
        var task = held.Task!;
        var seconds = (_time.GetUtcNow() - held.Received).TotalSeconds;
        var timing = new StageTiming(_address.Stage, _silo, held.Received, seconds, held.DeviceSeconds);
        var result = await _work.CompleteAsync(task, [.. held.Message.Timings, timing], cancellation).ConfigureAwait(false);
        if (result is { Next: { } next, Message: { } message })
            await _mesh.SendAsync(new StageAddress(next, _address.Model), message, cancellation).ConfigureAwait(false);
        else
        {
            FaultPoint.Reach(FaultPoint.ManifestStored);
            await EndAsync(held, result.Outcome!, cancellation).ConfigureAwait(false);
        }
        FaultPoint.Reach(result.Next is null ? FaultPoint.Ended : FaultPoint.Sent);
        Interlocked.Increment(ref _passedOn);
        ClusterTelemetry.StageTime.Record(seconds, _tags);
    }

    private async Task EndAsync(HeldItem held, Outcome outcome, CancellationToken cancellation)
    {
        var item = held.Message.Item;
        if (!await _ends.EndAsync(outcome, cancellation).ConfigureAwait(false))
            return;
        if (outcome.Reason is { } reason)
        {
            ItemFailed(_address, item.Id, item.Tenant, reason);
            ClusterTelemetry.Failures.Add(1, new KeyValuePair<string, object?>("cause", "poison"));
            _mesh.Publish(new ItemEvent(item.Id, item.Tenant, ItemState.Failed, _address.Stage, Reason: reason));
            return;
        }
        ClusterTelemetry.Pictures.Add(1, new("model", item.Model), new("tenant", item.Tenant));
        ClusterTelemetry.Usage.Add(ItemCost.Of(item.Request), new KeyValuePair<string, object?>("tenant", item.Tenant));
        _mesh.Publish(new ItemEvent(item.Id, item.Tenant, ItemState.Done, _address.Stage));
    }
}
