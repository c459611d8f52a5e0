using System.Threading.Channels;

namespace MuseCluster.Cluster.Mesh;

/// <summary>
/// What waits at an address, and who serves it. Interactive items go first; among equals, the order of sending. One lock
/// holds it all: an item is waiting, held by one serving, or gone.
/// </summary>
/// <param name="mostDeliveries">How often an item may be delivered.</param>
/// <param name="undeliverable">Where it goes then.</param>
internal sealed class InProcessQueue(int mostDeliveries, Action<StageMessage> undeliverable)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Entry, (int Class, long Number)> _waiting = new();
    private readonly LinkedList<Serving> _servings = new();
    private long _sent;

    public long Depth
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    public void Send(StageMessage message)
    {
        lock (_lock)
        {
            Enqueue(new Entry(message, _sent++, 0));
            Deliver();
        }
    }

    public IServing Serve(int capacity)
    {
        lock (_lock)
        {
            var serving = new Serving(this, capacity);
            _servings.AddLast(serving);
            Deliver();
            return serving;
        }
    }

    public void End()
    {
        lock (_lock)
            foreach (var serving in _servings.ToArray())
                serving.End();
    }

    private void Enqueue(Entry entry) => _waiting.Enqueue(entry, ((int)entry.Message.Item.Class, entry.Number));

    private void Deliver()
    {
        while (_waiting.Count > 0 && _servings.FirstOrDefault(s => s.HasRoom) is { } serving)
        {
            // The last of the row next time: servings with room take turns.
            _servings.Remove(serving);
            _servings.AddLast(serving);
            serving.Take(_waiting.Dequeue());
        }
    }

    private void Return(Entry entry)
    {
        if (entry.Deliveries < mostDeliveries)
            Enqueue(entry);
        else
            undeliverable(entry.Message);
    }

    /// <param name="Message">The item.</param>
    /// <param name="Number">Its place in the order of sending, which it keeps when it is returned.</param>
    /// <param name="Deliveries">How often it was delivered.</param>
    private readonly record struct Entry(StageMessage Message, long Number, int Deliveries);

    private sealed class Serving(InProcessQueue queue, int capacity) : IServing
    {
        private readonly Channel<IDelivery> _deliveries = Channel.CreateUnbounded<IDelivery>();
        private readonly Dictionary<Delivery, Entry> _held = [];
        private bool _paused;

        public ChannelReader<IDelivery> Deliveries => _deliveries.Reader;

        public bool HasRoom => !_paused && _held.Count < capacity;

        public void Take(Entry entry)
        {
            entry = entry with { Deliveries = entry.Deliveries + 1 };
            var delivery = new Delivery(this, entry.Message, entry.Deliveries);
            _held.Add(delivery, entry);
            _deliveries.Writer.TryWrite(delivery);
        }

        public void Release(Delivery delivery, bool done)
        {
            lock (queue._lock)
            {
                if (!_held.Remove(delivery, out var entry))
                    return;
                if (!done)
                    queue.Return(entry);
                queue.Deliver();
            }
        }

        public Task PauseAsync(CancellationToken cancellation = default)
        {
            lock (queue._lock)
                _paused = true;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            lock (queue._lock)
            {
                End();
                queue.Deliver();
            }
            return ValueTask.CompletedTask;
        }

        public void End()
        {
            _paused = true;
            queue._servings.Remove(this);
            while (_deliveries.Reader.TryRead(out _))
            {
            }
            _deliveries.Writer.TryComplete();
            foreach (var entry in _held.Values)
                queue.Return(entry);
            _held.Clear();
        }
    }

    private sealed class Delivery(Serving serving, StageMessage message, int deliveries) : IDelivery
    {
        public StageMessage Message => message;

        public int Deliveries => deliveries;

        public ValueTask AcknowledgeAsync(CancellationToken cancellation = default) => Release(done: true);

        public ValueTask ReturnAsync(CancellationToken cancellation = default) => Release(done: false);

        private ValueTask Release(bool done)
        {
            serving.Release(this, done);
            return ValueTask.CompletedTask;
        }
    }
}
