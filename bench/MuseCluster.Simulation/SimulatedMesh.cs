using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Simulation;

/// <summary>A mesh that hands what is sent to a model's first stage to simulated grains, and remembers the order.</summary>
/// <param name="grains">The grains.</param>
/// <param name="time">Time.</param>
public sealed class SimulatedMesh(SimulatedGrains grains, TimeProvider time) : DelegatingMesh(new InProcessMesh())
{
    private readonly Lock _lock = new();
    private readonly List<Sending> _sent = [];

    /// <summary>Is told of each item once it was sent, with how many were by then.</summary>
    public Action<Sending, int> Watch { get; set; } = (_, _) => { };

    /// <summary>How many items were sent.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _sent.Count;
        }
    }

    /// <summary>What was sent so far, in order.</summary>
    public IReadOnlyList<Sending> Sent
    {
        get
        {
            lock (_lock)
                return [.. _sent];
        }
    }

    /// <inheritdoc/>
    public override Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (to.Stage != Stage.Text)
            throw new MeshException($"The address {to} is not served: simulated grains take items at the first stage, and make all of it.");
        Sending sending;
        int count;
        lock (_lock)
        {
            _sent.Add(sending = new Sending(message.Item.Id, string.Intern(message.Item.Tenant), time.GetTimestamp()));
            count = _sent.Count;
            grains.Take(message.Item);
        }
        Watch(sending, count);
        return Task.CompletedTask;
    }
}

/// <summary>An item that was sent.</summary>
/// <param name="Item">The item.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="At">When, as the clock's timestamp.</param>
public readonly record struct Sending(ItemId Item, string Tenant, long At);
