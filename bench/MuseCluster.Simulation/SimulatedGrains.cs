using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Simulation;

/// <summary>
/// Silos without networks: an item takes a free place of one of them, the next in turn, for as long as the latency model says.
/// Where none is free it waits; interactive items go first, as on the mesh. Safe for concurrent use.
/// </summary>
/// <param name="options">The silos.</param>
/// <param name="time">Time.</param>
public sealed class SimulatedGrains(SimulationOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<int> _free = new(Enumerable.Range(0, options.Silos * options.Places).Select(place => place % options.Silos));
    private readonly PriorityQueue<Item, (PriorityClass Class, long Number)> _waiting = new();
    private readonly PriorityQueue<(Item Item, int Silo), (DateTimeOffset Due, long Number)> _working = new();
    private readonly (int Running, long Finished)[] _silos = new (int, long)[options.Silos];
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private long _taken;

    /// <summary>Items that wait or are worked on.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
                return _waiting.Count + _working.Count;
        }
    }

    /// <summary>When the next item is finished; null where none is worked on.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
                return _working.TryPeek(out _, out var due) ? due.Due : null;
        }
    }

    /// <summary>Takes an item in.</summary>
    /// <param name="item">The item.</param>
    public void Take(Item item)
    {
        lock (_lock)
        {
            _waiting.Enqueue(item, (item.Class, _taken++));
            Work(time.GetUtcNow());
        }
    }

    /// <summary>Lets go of items that are finished by now, in the order in which they were.</summary>
    /// <param name="limit">Most of them.</param>
    public IReadOnlyList<Item> Finish(int limit)
    {
        var finished = new List<Item>();
        var now = time.GetUtcNow();
        lock (_lock)
            while (finished.Count < limit && _working.TryPeek(out var done, out var at) && at.Due <= now)
            {
                _working.Dequeue();
                _silos[done.Silo] = (_silos[done.Silo].Running - 1, _silos[done.Silo].Finished + 1);
                _free.Enqueue(done.Silo);
                // The place was free from the moment that its item was finished, not from this one.
                Work(at.Due);
                finished.Add(done.Item);
            }
        return finished;
    }

    /// <summary>What a silo says of itself.</summary>
    /// <param name="silo">Its number, from 0.</param>
    public SiloStatus Status(int silo)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var (running, finished) = _silos[silo];
            return new SiloStatus(
                $"simulated-{silo}", "", SiloHost.Version, _started, now, false,
                [.. StageNames.All.Select(stage => new GrainStatus(stage, options.Model, options.Capacity, running / StageNames.All.Count, finished))]);
        }
    }

    private void Work(DateTimeOffset from)
    {
        while (_waiting.Count > 0 && _free.TryDequeue(out var silo))
        {
            var item = _waiting.Dequeue();
            _silos[silo].Running++;
            _working.Enqueue((item, silo), (from + options.Latency.Of(item.Id), _taken++));
        }
    }
}
