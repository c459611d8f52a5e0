using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans.Grains;
using MuseCluster.Cluster.Orleans.Messages;
using MuseCluster.Cluster.Tests.Mesh;
using MuseCluster.LocalCluster.Processes;
using Orleans;

namespace MuseCluster.Cluster.Orleans.Tests.Mesh;

/// <summary>Silos on this machine, the first of which has the membership.</summary>
public class OrleansMeshTests : MeshConformance
{
    private readonly int _primary = FreePort.Take();
    private int _silos;

    [Fact]
    public async Task An_item_that_nobody_can_read_goes_and_others_come()
    {
        var job = (await ((OrleansMesh)Mesh).GrainsAsync(default)).Job(Guid.NewGuid());
        await using var serving = await Mesh.ServeAsync(Address, 1);
        await job.SendAsync(Address.Key(), Parcel.Of(MeshSamples.Message()) with { Job = job.GetPrimaryKey(), Message = "no message"u8.ToArray() }, default);
        var message = MeshSamples.Message();
        await Mesh.SendAsync(Address, message);
        MeshSamples.AssertEqual(message, (await Next(serving)).Message);

        await using var undeliverable = await Mesh.ServeUndeliverableAsync(1);
        var queue = (await ((OrleansMesh)Mesh).GrainsAsync(default)).Queue(IUndeliverableQueueGrain.Key);
        for (var i = 0; i < 100 && await queue.GetDepthAsync() > 0; i++)
            await Task.Delay(50);
        Assert.Equal(0, await queue.GetDepthAsync());
        Assert.False(undeliverable.Deliveries.TryRead(out _));
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        var options = new OrleansOptions
        {
            Name = "silo-1",
            Host = "10.0.0.1",
            Port = -1,
            Primary = 0,
            Cluster = "A b",
            Capacity = 0,
            MostDeliveries = 0,
            EventBuffer = 0,
            Timeout = TimeSpan.Zero,
            Probe = TimeSpan.Zero,
            CheckEvery = TimeSpan.FromHours(2),
        };
        Assert.Equal(
            ["Port", "Primary", "Cluster", "Host", "Capacity", "MostDeliveries", "EventBuffer", "Timeout", "Probe", "CheckEvery"],
            options.Problems().Select(p => p.Field));
        Assert.Contains("Port is -1", Assert.Throws<ArgumentException>(() => new OrleansMesh(options)).Message);
    }

    [Theory]
    [InlineData("orleans", "127.0.0.1", 0, "muse")]
    [InlineData("orleans://10.1.2.3:5000/blue", "10.1.2.3", 5000, "blue")]
    [InlineData("orleans://0.0.0.0", "0.0.0.0", 0, "muse")]
    public void The_setting_says_where_the_silo_listens_and_which_cluster_it_is_of(string setting, string host, int port, string cluster)
    {
        var options = OrleansOptions.Parse(setting, "silo-1", "Host=db");
        Assert.Equal((host, port, cluster, "Host=db"), (options.Host, options.Port, options.Cluster, options.Membership));
    }

    [Theory]
    [InlineData("orleans://")]
    [InlineData("orleans://user@host")]
    [InlineData("orleans://host?x=1")]
    [InlineData("orleans://host/A b")]
    public void A_wrong_setting_is_refused(string setting) => Assert.Throws<ArgumentException>(() => OrleansOptions.Parse(setting, "silo-1", "Host=db"));

    protected override IMesh Create(int eventBuffer = 256) => new OrleansMesh(new OrleansOptions
    {
        Name = $"silo-{++_silos}",
        Cluster = $"c{_primary}",
        Primary = _primary,
        Models = [Address.Model],
        MostDeliveries = MostDeliveries,
        EventBuffer = eventBuffer,
    });
}
