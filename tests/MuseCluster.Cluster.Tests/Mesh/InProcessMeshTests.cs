using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Mesh;

public class InProcessMeshTests : MeshConformance
{
    [Fact]
    public async Task Interactive_items_go_before_batch_items()
    {
        await Mesh.SendAsync(Address, MeshSamples.Message(0));
        await Mesh.SendAsync(Address, MeshSamples.Message(1));
        await Mesh.SendAsync(Address, MeshSamples.Message(2, @class: PriorityClass.Interactive));
        await using var serving = await Mesh.ServeAsync(Address, 3);
        Assert.Equal(2, (await Next(serving)).Message.Item.Id.Index);
        Assert.Equal(0, (await Next(serving)).Message.Item.Id.Index);
        Assert.Equal(1, (await Next(serving)).Message.Item.Id.Index);
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        var e = Assert.Throws<ArgumentException>(() => new InProcessMesh(new InProcessMeshOptions { MostDeliveries = 0, EventBuffer = -1 }));
        Assert.Contains("MostDeliveries is 0, expected at least 1; EventBuffer is -1", e.Message);
    }

    protected override IMesh Create(int eventBuffer = 256) =>
        new InProcessMesh(new InProcessMeshOptions { MostDeliveries = MostDeliveries, EventBuffer = eventBuffer });
}
