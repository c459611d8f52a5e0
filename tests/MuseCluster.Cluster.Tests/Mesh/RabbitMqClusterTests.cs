using MuseCluster.Cluster.RabbitMq;
using MuseCluster.Cluster.Tests.Servers;

namespace MuseCluster.Cluster.Tests.Mesh;

public class RabbitMqClusterTests
{
    [Fact]
    public async Task A_cluster_of_three_goes_on_without_the_node_that_the_mesh_was_connected_to()
    {
        await using var server = await RabbitMqServer.StartAsync(nodes: 3);
        await using var mesh = new RabbitMqMesh(new RabbitMqOptions { Uri = server.Uri, Hosts = server.Hosts, QuorumSize = 3, ConfirmTimeout = TimeSpan.FromSeconds(2) });
        await MeshFlow.OverAsync(mesh, TimeSpan.FromSeconds(1), async () =>
        {
            // An identifier such as <muse1@localhost.1764.0>; the queue's leader is there, too.
            var connections = await server.ControlAsync("list_connections pid");
            server.Kill(Enumerable.Range(0, 3).Single(node => connections.Contains($"<{RabbitMqServer.Name(node)}.")));
        });
    }
}
