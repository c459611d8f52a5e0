using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Tests.Mesh;
using MuseCluster.Cluster.Tests.Servers;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Orleans.Tests.Mesh;

[CollectionDefinition(PostgresCollection.Name)]
public sealed class PostgresServers : ICollectionFixture<PostgresFixture>;

/// <summary>Silos that find each other in a database, some of which come and go.</summary>
[Collection(PostgresCollection.Name)]
public sealed class OrleansClusterTests(PostgresFixture fixture) : IAsyncLifetime
{
    private static readonly StageAddress Address = new(Stage.Base, "shapes");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly List<OrleansMesh> _meshes = [];
    private string _database = "";

    public async Task InitializeAsync() => _database = Ledger.SqlLedger.PostgresKeys(await fixture.CreateDatabaseAsync())!;

    public async Task DisposeAsync()
    {
        foreach (var mesh in _meshes)
            await mesh.DisposeAsync();
    }

    [Fact]
    public async Task Items_go_from_silo_to_silo_and_events_come_back()
    {
        var (gateway, worker) = (Join("gateway-1", gateway: true), Join("base-1", gateway: false, Stage.Base));
        await worker.DeclareAsync([Address]);
        await using var serving = await worker.ServeAsync(Address, 4);
        using var ended = new CancellationTokenSource(Soon);
        await using var events = (await gateway.ListenAsync(new EventFilter(), ended.Token)).GetAsyncEnumerator(ended.Token);
        await gateway.DeclareAsync([Address]);
        var message = MeshSamples.Full();
        await gateway.SendAsync(Address, message);
        var delivery = await serving.Deliveries.ReadAsync(ended.Token);
        MeshSamples.AssertEqual(message, delivery.Message);
        var told = MeshSamples.Event();
        worker.Publish(told);
        Assert.True(await events.MoveNextAsync());
        MeshSamples.AssertEqual(told, events.Current);
        await delivery.AcknowledgeAsync();
    }

    [Fact]
    public async Task An_item_for_a_role_that_no_silo_has_waits_until_one_joins()
    {
        var gateway = Join("gateway-1", gateway: true);
        await gateway.DeclareAsync([Address]);
        var message = MeshSamples.Message();
        var sending = gateway.SendAsync(Address, message);
        await Task.Delay(500);
        Assert.False(sending.IsCompleted);
        Assert.Equal(0, (await gateway.GetDepthsAsync())[Address]);

        var worker = Join("base-1", gateway: false, Stage.Base);
        await sending.WaitAsync(Soon);
        await using var serving = await worker.ServeAsync(Address, 1);
        MeshSamples.AssertEqual(message, (await serving.Deliveries.ReadAsync().AsTask().WaitAsync(Soon)).Message);
    }

    [Fact]
    public async Task Sending_gives_up_after_the_timeout_and_says_what_it_waited_for()
    {
        var gateway = Join("gateway-1", gateway: true, timeout: TimeSpan.FromSeconds(3));
        await gateway.DeclareAsync([Address]);
        var e = await Assert.ThrowsAsync<MeshException>(() => gateway.SendAsync(Address, MeshSamples.Message()));
        Assert.Contains("to base.shapes within 3 s: no silo that is there serves it", e.Message);
    }

    [Fact]
    public async Task What_waits_on_a_silo_that_leaves_comes_to_another_and_keeps_its_number_of_deliveries()
    {
        var gateway = Join("gateway-1", gateway: true);
        var first = Join("base-1", gateway: false, Stage.Base);
        await first.DeclareAsync([Address]);
        await gateway.DeclareAsync([Address]);
        var job = Guid.NewGuid();
        for (var i = 0; i < 10; i++)
            await gateway.SendAsync(Address, MeshSamples.Message(i, job));
        var serving = await first.ServeAsync(Address, 3);
        for (var i = 0; i < 3; i++)
            await serving.Deliveries.ReadAsync().AsTask().WaitAsync(Soon);
        await first.DisposeAsync();

        var second = Join("base-2", gateway: false, Stage.Base);
        await using var again = await second.ServeAsync(Address, 10);
        var deliveries = new Dictionary<int, int>();
        while (deliveries.Count < 10)
        {
            var delivery = await again.Deliveries.ReadAsync().AsTask().WaitAsync(Soon);
            deliveries.Add(delivery.Message.Item.Id.Index, delivery.Deliveries);
            await delivery.AcknowledgeAsync();
        }
        Assert.Equal([2, 2, 2, 1, 1, 1, 1, 1, 1, 1], deliveries.OrderBy(d => d.Key).Select(d => d.Value));
    }

    [Fact]
    public async Task Items_that_flow_while_a_silo_leaves_and_another_joins_all_come()
    {
        var gateway = Join("gateway-1", gateway: true);
        var first = Join("base-1", gateway: false, Stage.Base);
        await first.DeclareAsync([Address]);
        var second = Join("base-2", gateway: true, Stage.Base);
        await MeshFlow.OverAsync(second, TimeSpan.FromSeconds(2), async () =>
        {
            await first.DisposeAsync();
            await gateway.DisposeAsync();
            await Join("base-3", gateway: true, Stage.Base).DeclareAsync([Address]);
        });
    }

    [Fact]
    public async Task Silos_of_clusters_of_different_names_do_not_see_each_other()
    {
        var (blue, green) = (Join("base-1", gateway: true, Stage.Base), Join("base-1", gateway: true, cluster: "green", stages: [Stage.Base]));
        await blue.DeclareAsync([Address]);
        await green.DeclareAsync([Address]);
        await blue.SendAsync(Address, MeshSamples.Message());
        Assert.Equal((1, 0), ((await blue.GetDepthsAsync())[Address], (await green.GetDepthsAsync())[Address]));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_waited_for_and_named()
    {
        var mesh = new OrleansMesh(new OrleansOptions { Name = "silo-1", Membership = "Host=127.0.0.1;Port=1;Username=muse;Password=secret", Timeout = TimeSpan.FromSeconds(2) });
        _meshes.Add(mesh);
        var e = await Assert.ThrowsAsync<MeshException>(() => mesh.DeclareAsync([Address]));
        Assert.Contains("Could not join the cluster within 2 s: Failed to connect to 127.0.0.1:1", e.Message);
        Assert.DoesNotContain("secret", e.ToString());
    }

    private OrleansMesh Join(string name, bool gateway, params Stage[] stages) => Join(name, gateway, "muse", null, stages);

    private OrleansMesh Join(string name, bool gateway, string cluster = "muse", TimeSpan? timeout = null, Stage[]? stages = null)
    {
        var mesh = new OrleansMesh(new OrleansOptions
        {
            Name = name,
            Membership = _database,
            Cluster = cluster,
            Stages = stages ?? [],
            Gateway = gateway,
            Models = ["shapes"],
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        });
        _meshes.Add(mesh);
        return mesh;
    }
}
