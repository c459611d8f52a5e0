using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Cluster.Work;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Cluster.Dispatch;

/// <summary>
/// Undeliverable items: those that were with grains that died, again and again. One of them may be what the grains die of;
/// the others were only beside it. So each is sent again, one at a time, and the one that becomes undeliverable every time is
/// given up: once may be the doing of another that came along meanwhile. Only the dispatcher that holds the office does this.
/// </summary>
/// <param name="ledger">Has their leases.</param>
/// <param name="mesh">Carries them.</param>
/// <param name="options">How long leases are.</param>
/// <param name="time">Time.</param>
/// <param name="inOffice">Whether the dispatcher holds the office.</param>
/// <param name="logger">Told what goes wrong.</param>
internal sealed partial class Suspects(ILedger ledger, IMesh mesh, DispatchOptions options, TimeProvider time, Func<bool> inOffice, ILogger logger)
{
    /// <summary>Why an item is given up.</summary>
    public const string Reason = "given up: every silo that took it died or lost its connection while it worked on it";

    private const int Most = 1024;
    private const int MostStrikes = 2;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<ItemId, IDelivery> _waiting = [];
    private ItemId? _tried;

    /// <summary>Serves undeliverable items until cancelled; failures of ledger and mesh are logged and waited out.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (inOffice())
                    await ServeAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is LedgerException or MeshException)
            {
                Failed(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(CancellationToken cancellation)
    {
        _waiting.Clear();
        _tried = null;
        await using var serving = await mesh.ServeUndeliverableAsync(Most, cancellation).ConfigureAwait(false);
        while (inOffice() && !serving.Deliveries.Completion.IsCompleted)
        {
            while (serving.Deliveries.TryRead(out var delivery))
                await TakeAsync(delivery, cancellation).ConfigureAwait(false);
            await KeepAliveAsync(cancellation).ConfigureAwait(false);
            if (_tried is null && _waiting.Count > 0)
                await TryAsync(_waiting.MinBy(w => w.Value.Message.Strikes), cancellation).ConfigureAwait(false);
            await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(IDelivery delivery, CancellationToken cancellation)
    {
        var item = delivery.Message.Item;
        if (_tried == item.Id)
            _tried = null;
        if (delivery.Message.Strikes < MostStrikes)
        {
            if (!_waiting.TryAdd(item.Id, delivery))
                await delivery.AcknowledgeAsync(cancellation).ConfigureAwait(false);
            return;
        }
        var ended = await ledger.EndAsync([Outcome.Failed(item.Id, Reason)], cancellation).ConfigureAwait(false);
        await delivery.AcknowledgeAsync(cancellation).ConfigureAwait(false);
        if (ended.Count == 0)
            return;
        GivenUp(item.Id, item.Tenant);
        ClusterTelemetry.Failures.Add(1, new KeyValuePair<string, object?>("cause", "undeliverable"));
        mesh.Publish(new ItemEvent(item.Id, item.Tenant, ItemState.Failed, Reason: Reason));
    }

    // They are not lost: their leases must not end while they wait for their turn.
    private async Task KeepAliveAsync(CancellationToken cancellation)
    {
        ItemId[] items = [.. _waiting.Keys, .. _tried is { } tried ? new[] { tried } : []];
        if (items.Length == 0)
            return;
        foreach (var ended in await ledger.RenewAsync(items, options.Lease, cancellation).ConfigureAwait(false))
        {
            if (_waiting.Remove(ended, out var delivery))
                await delivery.AcknowledgeAsync(cancellation).ConfigureAwait(false);
            if (_tried == ended)
                _tried = null;
        }
    }

    private async Task TryAsync(KeyValuePair<ItemId, IDelivery> suspect, CancellationToken cancellation)
    {
        var message = suspect.Value.Message;
        await mesh.SendAsync(
            new StageAddress(Stage.Text, message.Item.Model),
            new StageMessage { Item = message.Item, Strikes = message.Strikes + 1, TraceParent = message.TraceParent }, cancellation).ConfigureAwait(false);
        await suspect.Value.AcknowledgeAsync(cancellation).ConfigureAwait(false);
        _waiting.Remove(suspect.Key);
        _tried = suspect.Key;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "undeliverable items cannot be looked after, trying again: {Problem}")]
    private partial void Failed(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "item {Item} of tenant {Tenant} is given up: every silo that took it died")]
    private partial void GivenUp(ItemId item, string tenant);
}
