using System.Collections.Concurrent;
using System.Threading.Channels;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans.Grains;
using MuseCluster.Cluster.Orleans.Messages;
using Orleans;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans;

/// <summary>Serves a queue: asks it for parcels again and again, wherever it is.</summary>
/// <param name="grains">Finds it.</param>
/// <param name="key">Its key.</param>
/// <param name="silo">Where the serving is.</param>
/// <param name="capacity">Most parcels at once.</param>
/// <param name="disposed">Told when it ends.</param>
internal sealed class QueueServing(IGrainFactory grains, string key, SiloAddress silo, int capacity, Action<QueueServing> disposed) : IServing
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);
    private readonly Guid _id = Guid.NewGuid();
    private readonly IItemQueueGrain _queue = grains.Queue(key);
    // By ticket the number of its delivery: what was returned may be back before the return has ended.
    private readonly ConcurrentDictionary<Guid, int> _held = [];
    private readonly Channel<IDelivery> _deliveries = Channel.CreateUnbounded<IDelivery>();
    private readonly CancellationTokenSource _stopping = new();
    private Guid _activation;
    private volatile bool _paused;
    private Task _taking = Task.CompletedTask;

    public ChannelReader<IDelivery> Deliveries => _deliveries.Reader;

    /// <summary>Waits until the queue knows it.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await TakeOnceAsync(cancellation).ConfigureAwait(false);
        _taking = TakeAsync();
    }

    public async Task PauseAsync(CancellationToken cancellation = default)
    {
        _paused = true;
        try
        {
            await _queue.PauseAsync(_id).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It hears it with the next question.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        disposed(this);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _held.Clear();
        while (_deliveries.Reader.TryRead(out _))
        {
        }
        _deliveries.Writer.TryComplete();
        // Where nobody hears it, silence says the same, later.
        await _queue.LeaveAsync(_id).WaitAsync(Goodbye).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TakeAsync()
    {
        while (!_stopping.IsCancellationRequested)
            try
            {
                await TakeOnceAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
            {
                await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    private async Task TakeOnceAsync(CancellationToken cancellation)
    {
        var taken = await _queue.TakeAsync(new TakeRequest(_id, silo, capacity, _paused, _activation, [.. _held.Keys]), cancellation).ConfigureAwait(false);
        _activation = taken.Activation;
        foreach (var parcel in taken.Parcels)
            try
            {
                _held[parcel.Ticket] = parcel.Deliveries;
                _deliveries.Writer.TryWrite(new Delivery(this, parcel, StageMessageCodec.Decode(parcel.Message)));
            }
            catch (FormatException)
            {
                // Another silo's software may be able to read it; where none is, it becomes undeliverable, and then goes.
                await SettleAsync(parcel, done: key == IUndeliverableQueueGrain.Key, cancellation).ConfigureAwait(false);
            }
    }

    // It is held until the queue has heard otherwise: a question in between must not look as if it had been lost.
    private async ValueTask SettleAsync(Parcel parcel, bool done, CancellationToken cancellation)
    {
        if (!_held.Contains(KeyValuePair.Create(parcel.Ticket, parcel.Deliveries)))
            return;
        try
        {
            await _queue.SettleAsync(_id, parcel.Job, parcel.Ticket, done).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // The queue has moved, or will: its job can still be told, and what it does not hear is delivered again.
            if (done)
                grains.Job(parcel.Job).SettledAsync(parcel.Ticket).Ignore();
        }
        finally
        {
            _held.TryRemove(KeyValuePair.Create(parcel.Ticket, parcel.Deliveries));
        }
    }

    private sealed class Delivery(QueueServing serving, Parcel parcel, StageMessage message) : IDelivery
    {
        public StageMessage Message => message;

        public int Deliveries => parcel.Deliveries;

        public ValueTask AcknowledgeAsync(CancellationToken cancellation = default) => serving.SettleAsync(parcel, true, cancellation);

        public ValueTask ReturnAsync(CancellationToken cancellation = default) => serving.SettleAsync(parcel, false, cancellation);
    }
}
