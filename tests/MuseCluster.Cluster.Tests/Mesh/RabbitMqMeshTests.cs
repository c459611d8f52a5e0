using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.RabbitMq;
using MuseCluster.Cluster.Tests.Servers;

namespace MuseCluster.Cluster.Tests.Mesh;

/// <summary>One broker for all tests of a class; each test has names of its own.</summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    public RabbitMqServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RabbitMqServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

public class RabbitMqMeshTests(RabbitMqFixture fixture) : MeshConformance, IClassFixture<RabbitMqFixture>
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task An_item_that_nobody_can_read_goes_and_others_come()
    {
        await using var serving = await Mesh.ServeAsync(Address, 1);
        var factory = new RabbitMQ.Client.ConnectionFactory { Uri = fixture.Server.Uri };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await RabbitMQ.Client.IChannelExtensions.BasicPublishAsync(channel, "", $"{_prefix}.items.{Address}", "no message"u8.ToArray());
        var message = MeshSamples.Message();
        await Mesh.SendAsync(Address, message);
        MeshSamples.AssertEqual(message, (await Next(serving)).Message);

        await using var undeliverable = await Mesh.ServeUndeliverableAsync(1);
        for (var i = 0; i < 100 && await channel.MessageCountAsync($"{_prefix}.undeliverable") > 0; i++)
            await Task.Delay(50);
        Assert.False(undeliverable.Deliveries.TryRead(out _));
        Assert.Equal(0u, await channel.MessageCountAsync($"{_prefix}.undeliverable"));
    }

    [Fact]
    public async Task A_queue_that_was_declared_with_other_limits_is_refused()
    {
        await using var other = new RabbitMqMesh(Options() with { MostDeliveries = MostDeliveries + 1 });
        var e = await Assert.ThrowsAsync<MeshException>(() => other.DeclareAsync([Address]));
        Assert.Contains("x-delivery-limit", e.Message);

        await using var third = new RabbitMqMesh(Options() with { MostDeliveries = MostDeliveries + 1, Timeout = TimeSpan.FromSeconds(1) });
        e = await Assert.ThrowsAsync<MeshException>(() => third.ServeAsync(Address, 1));
        Assert.Contains("x-delivery-limit", e.Message);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_an_error_after_the_timeout()
    {
        await using var mesh = new RabbitMqMesh(new RabbitMqOptions { Uri = new Uri("amqp://127.0.0.1:1"), Timeout = TimeSpan.FromMilliseconds(300) });
        var e = await Assert.ThrowsAsync<MeshException>(() => mesh.SendAsync(Address, MeshSamples.Message()));
        Assert.Contains($"to {Address} within 0.3 s: None of the specified endpoints were reachable", e.Message);
        using var soon = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mesh.SendAsync(Address, MeshSamples.Message(), soon.Token));
    }

    [Fact]
    public async Task Wrong_credentials_are_an_error_that_says_so()
    {
        var wrong = new UriBuilder(fixture.Server.Uri) { Password = "wrong" }.Uri;
        await using var mesh = new RabbitMqMesh(Options() with { Uri = wrong, Timeout = TimeSpan.FromSeconds(1) });
        var e = await Assert.ThrowsAsync<MeshException>(() => mesh.DeclareAsync([Address]));
        Assert.Contains("ACCESS_REFUSED", e.ToString());
        Assert.DoesNotContain("wrong", e.ToString());
    }

    [Fact]
    public async Task Over_tls_the_certificate_must_be_trusted_and_for_the_expected_name()
    {
        var tls = Options() with { Uri = fixture.Server.TlsUri, Timeout = TimeSpan.FromSeconds(10) };
        await using (var mesh = new RabbitMqMesh(tls with { TlsAuthorities = fixture.Server.TlsAuthorities, TlsServerName = "localhost" }))
            await mesh.DeclareAsync([Address]);

        var once = tls with { Timeout = TimeSpan.FromSeconds(1) };
        foreach (var wrong in new[] { once with { TlsServerName = "localhost" }, once with { TlsAuthorities = fixture.Server.TlsAuthorities, TlsServerName = "other" } })
        {
            await using var mesh = new RabbitMqMesh(wrong);
            var e = await Assert.ThrowsAsync<MeshException>(() => mesh.DeclareAsync([Address]));
            Assert.Contains("certificate", e.ToString());
        }
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        var options = new RabbitMqOptions
        {
            Uri = new Uri("http://localhost"),
            Hosts = ["good", "good:1", "", "a b", "x/y"],
            Prefix = "a b",
            MostDeliveries = 0,
            QuorumSize = 0,
            EventBuffer = 0,
            Timeout = TimeSpan.Zero,
            ConfirmTimeout = TimeSpan.Zero,
            Heartbeat = TimeSpan.Zero,
            FirstDelay = TimeSpan.FromSeconds(2),
            LongestDelay = TimeSpan.FromSeconds(1),
            TlsAuthorities = "/nowhere",
        };
        Assert.Equal(
            ["Uri", "Hosts[2]", "Hosts[3]", "Hosts[4]", "Prefix", "MostDeliveries", "QuorumSize", "EventBuffer", "Timeout", "ConfirmTimeout", "Heartbeat", "LongestDelay", "TlsAuthorities"],
            options.Problems().Select(p => p.Field));
        Assert.Equal(["TlsServerName"], new RabbitMqOptions { Uri = new Uri("amqp://localhost"), TlsServerName = "x" }.Problems().Select(p => p.Field));
        Assert.Empty(new RabbitMqOptions { Uri = new Uri("amqps://localhost"), TlsServerName = "x" }.Problems());
        Assert.Equal("amqp://host:1, muse", new RabbitMqOptions { Uri = new Uri("amqp://user:secret@host:1") }.ToString());
        Assert.Contains("Prefix is 'a b'", Assert.Throws<ArgumentException>(() => new RabbitMqMesh(options)).Message);
    }

    [Fact]
    public async Task A_connection_that_is_closed_by_force_is_opened_again_and_everything_goes_on()
    {
        using var ended = new CancellationTokenSource(Soon);
        await using var serving = await Mesh.ServeAsync(Address, 2);
        await using var events = (await Mesh.ListenAsync(new EventFilter(), ended.Token)).GetAsyncEnumerator();
        for (var i = 0; i < 3; i++)
            await Mesh.SendAsync(Address, MeshSamples.Message(i));
        var held = await Next(serving);
        await fixture.Server.ControlAsync("close_all_connections forced");
        await held.AcknowledgeAsync();
        await Mesh.SendAsync(Address, MeshSamples.Message(3));

        // What was unread on the lost connection is delivered only once more.
        var seen = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            var delivery = await Next(serving);
            seen.Add(delivery.Message.Item.Id.Index);
            await delivery.AcknowledgeAsync();
        }
        Assert.Equal([0, 1, 2, 3], seen.Order());
        var listening = events.MoveNextAsync().AsTask();
        while (!listening.IsCompleted)
        {
            Mesh.Publish(MeshSamples.Event());
            await Task.WhenAny(listening, Task.Delay(50));
        }
        Assert.True(await listening);
    }

    protected override IMesh Create(int eventBuffer = 256) => new RabbitMqMesh(Options() with { EventBuffer = eventBuffer });

    private RabbitMqOptions Options() => new() { Uri = fixture.Server.Uri, Prefix = _prefix, MostDeliveries = MostDeliveries };
}
