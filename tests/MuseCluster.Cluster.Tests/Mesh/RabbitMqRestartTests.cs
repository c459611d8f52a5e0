using MuseCluster.Cluster.RabbitMq;
using MuseCluster.Cluster.Tests.Servers;

namespace MuseCluster.Cluster.Tests.Mesh;

public class RabbitMqRestartTests
{
    /// <summary>Server 3.10 may find no leader for a quorum queue that it lost within seconds of its declaration.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(9);

    [Fact]
    public async Task A_broker_that_is_killed_and_started_again_loses_nothing_and_servings_go_on()
    {
        await using var server = await RabbitMqServer.StartAsync();
        await using var mesh = new RabbitMqMesh(new RabbitMqOptions { Uri = server.Uri, ConfirmTimeout = TimeSpan.FromSeconds(2) });
        await MeshFlow.OverAsync(mesh, Settled, async () =>
        {
            server.Kill();
            await Task.Delay(500);
            await server.RestartAsync();
        });
    }
}
