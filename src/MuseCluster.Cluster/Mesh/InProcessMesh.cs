using System.Collections.Concurrent;
using System.Threading.Channels;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Mesh;

/// <summary>
/// The mesh of a cluster of one process. Items and events go by reference, so nobody may change what was sent; they last
/// as long as the process. Nothing bounds what waits at an address but those who send.
/// </summary>
public sealed class InProcessMesh : IMesh
{
    private readonly InProcessMeshOptions _options;
    private readonly ConcurrentDictionary<StageAddress, InProcessQueue> _queues = [];
    private readonly ConcurrentDictionary<Channel<ItemEvent>, EventFilter> _listeners = [];
    private readonly InProcessQueue _undeliverable = new(int.MaxValue, _ => { });
    private volatile bool _disposed;

    /// <summary>A mesh without addresses.</summary>
    /// <param name="options">How it behaves.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message names it.</exception>
    public InProcessMesh(InProcessMeshOptions? options = null)
    {
        _options = options ?? new InProcessMeshOptions();
        _options.Problems().ThrowIfAny("The options of the in-process mesh are wrong");
    }

    /// <inheritdoc/>
    public Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default)
    {
        Check(cancellation);
        foreach (var address in addresses)
            _queues.GetOrAdd(address, _ => new InProcessQueue(_options.MostDeliveries, _undeliverable.Send));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        Check(cancellation);
        Queue(to).Send(message);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default)
    {
        Check(cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return Task.FromResult(Queue(address).Serve(capacity));
    }

    /// <inheritdoc/>
    public Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default)
    {
        Check(cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return Task.FromResult(_undeliverable.Serve(capacity));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default)
    {
        Check(cancellation);
        return Task.FromResult<IReadOnlyDictionary<StageAddress, long>>(_queues.ToDictionary(q => q.Key, q => q.Value.Depth));
    }

    /// <inheritdoc/>
    public void Publish(ItemEvent e)
    {
        foreach (var (channel, filter) in _listeners)
            if (filter.Passes(e))
                channel.Writer.TryWrite(e);
    }

    /// <inheritdoc/>
    public Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation)
    {
        Check(cancellation);
        var events = Channel.CreateBounded<ItemEvent>(new BoundedChannelOptions(_options.EventBuffer) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[events] = filter;
        cancellation.Register(() => End(events));
        return Task.FromResult(events.Reader.ReadAllAsync(CancellationToken.None));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var queue in _queues.Values.Append(_undeliverable))
            queue.End();
        foreach (var events in _listeners.Keys)
            End(events);
        return ValueTask.CompletedTask;
    }

    private void End(Channel<ItemEvent> events)
    {
        _listeners.TryRemove(events, out _);
        events.Writer.TryComplete();
    }

    private InProcessQueue Queue(StageAddress address) => _queues.TryGetValue(address, out var queue)
        ? queue
        : throw new MeshException($"The address {address} is not declared: declare it before anything is sent there.");

    private void Check(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellation.ThrowIfCancellationRequested();
    }
}
