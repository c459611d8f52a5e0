using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Dispatch;

/// <summary>A mesh of one process that refuses some items, and remembers those it took.</summary>
internal sealed class FailingMesh(InProcessMeshOptions? options = null) : IMesh
{
    private readonly InProcessMesh _mesh = new(options);
    private readonly List<Item> _sent = [];

    public Func<Item, bool> Refuses { get; set; } = _ => false;

    public IReadOnlyList<Item> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent];
        }
    }

    public async Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        if (Refuses(message.Item))
        {
            // As long as a broker takes to say so: others get through meanwhile.
            await Task.Delay(50, CancellationToken.None);
            throw new MeshException("refused");
        }
        await _mesh.SendAsync(to, message, cancellation);
        lock (_sent)
            _sent.Add(message.Item);
    }

    public Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default) => _mesh.DeclareAsync(addresses, cancellation);

    public Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default) => _mesh.ServeAsync(address, capacity, cancellation);

    public Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default) => _mesh.ServeUndeliverableAsync(capacity, cancellation);

    public Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default) => _mesh.GetDepthsAsync(cancellation);

    public void Publish(ItemEvent e) => _mesh.Publish(e);

    public Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation) => _mesh.ListenAsync(filter, cancellation);

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();
}
