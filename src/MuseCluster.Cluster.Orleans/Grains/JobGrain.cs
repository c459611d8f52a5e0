using MuseCluster.Cluster.Orleans.Messages;
using MuseCluster.Cluster.Orleans.Placement;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>
/// Away from the queues wherever there is a gateway, so that one dead silo takes only one of the two copies. What both are
/// lost of is dispatched again when its lease in the ledger ends.
/// </summary>
[Reentrant, SiloRole(SiloRoles.Gateway, Required = false), CapacityPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class JobGrain(OrleansOptions options, TimeProvider time) : Grain, IJobGrain
{
    private readonly Dictionary<Guid, Kept> _kept = [];
    private IGrainTimer? _timer;

    public async Task SendAsync(string queue, Parcel parcel, CancellationToken cancellation)
    {
        var before = _kept.GetValueOrDefault(parcel.Ticket);
        _kept[parcel.Ticket] = new Kept(queue, parcel, time.GetUtcNow());
        _timer ??= this.RegisterGrainTimer(CheckAsync, new GrainTimerCreationOptions(options.CheckEvery, options.CheckEvery) { Interleave = true, KeepAlive = true });
        try
        {
            await GrainFactory.Queue(queue).EnqueueAsync(parcel, cancellation);
        }
        catch
        {
            // The sender knows, and sends it again, or elsewhere.
            if (before is null)
                Forget(parcel.Ticket);
            else
                _kept[parcel.Ticket] = before;
            throw;
        }
    }

    public Task DeliveredAsync(Guid ticket, int deliveries)
    {
        if (_kept.TryGetValue(ticket, out var kept))
            _kept[ticket] = kept with { Parcel = kept.Parcel with { Deliveries = deliveries } };
        return Task.CompletedTask;
    }

    public Task SettledAsync(Guid ticket)
    {
        Forget(ticket);
        return Task.CompletedTask;
    }

    private void Forget(Guid ticket)
    {
        _kept.Remove(ticket);
        if (_kept.Count > 0)
            return;
        _timer?.Dispose();
        _timer = null;
    }

    // Asks the queues for what has not been settled for a while.
    private async Task CheckAsync(CancellationToken cancellation)
    {
        var since = time.GetUtcNow() - options.CheckEvery;
        foreach (var queue in _kept.Values.Where(k => k.Since < since).GroupBy(k => k.Queue).ToList())
            try
            {
                foreach (var ticket in await GrainFactory.Queue(queue.Key).GetMissingAsync([.. queue.Select(k => k.Parcel.Ticket)]))
                    if (_kept.TryGetValue(ticket, out var kept) && kept.Queue == queue.Key)
                        await GrainFactory.Queue(queue.Key).EnqueueAsync(kept.Parcel, cancellation);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // Nobody serves it now: asked again next time.
            }
    }

    /// <param name="Queue">Where it was sent.</param>
    /// <param name="Parcel">The item.</param>
    /// <param name="Since">When.</param>
    private sealed record Kept(string Queue, Parcel Parcel, DateTimeOffset Since);
}
