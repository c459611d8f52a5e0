using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Dispatch;

/// <summary>A mesh of one process that refuses some items, and remembers those it took.</summary>
internal sealed class FailingMesh(InProcessMeshOptions? options = null) : DelegatingMesh(new InProcessMesh(options))
{
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

    public override async Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        if (Refuses(message.Item))
        {
            // As long as a broker takes to say so: others get through meanwhile.
            await Task.Delay(50, CancellationToken.None);
            throw new MeshException("refused");
        }
        await base.SendAsync(to, message, cancellation);
        lock (_sent)
            _sent.Add(message.Item);
    }
}
