using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Mesh;

/// <summary>What every mesh does. Each test has addresses of its own.</summary>
public abstract class MeshConformance : IAsyncLifetime
{
    protected const int MostDeliveries = 3;

    private readonly List<IMesh> _meshes = [];

    protected StageAddress Address { get; } = new(Stage.Base, $"m{Guid.NewGuid():N}");

    protected IMesh Mesh => _meshes[0];

    /// <summary>A mesh that delivers <see cref="MostDeliveries"/> times; alone with what it holds, or one more on what the first holds.</summary>
    protected abstract IMesh Create(int eventBuffer = 256);

    public virtual async Task InitializeAsync()
    {
        _meshes.Add(Create());
        await Mesh.DeclareAsync([Address]);
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var mesh in _meshes)
            await mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_sent_item_is_delivered_once_and_gone_when_acknowledged()
    {
        var message = MeshSamples.Full();
        await Mesh.SendAsync(Address, message);
        await using (var serving = await Mesh.ServeAsync(Address, 4))
        {
            var delivery = await Next(serving);
            MeshSamples.AssertEqual(message, delivery.Message);
            await delivery.AcknowledgeAsync();
            await AssertNothingMore(serving);
        }

        await using var second = await Mesh.ServeAsync(Address, 4);
        await AssertNothingMore(second);
    }

    [Fact]
    public async Task A_bare_item_keeps_its_missing_fields_missing()
    {
        var message = MeshSamples.Message();
        await using var serving = await Mesh.ServeAsync(Address, 1);
        await Mesh.SendAsync(Address, message);
        var delivery = await Next(serving);
        MeshSamples.AssertEqual(message, delivery.Message);
        await delivery.AcknowledgeAsync();
    }

    [Fact]
    public async Task Items_come_in_the_order_they_were_sent()
    {
        for (var i = 0; i < 50; i++)
            await Mesh.SendAsync(Address, MeshSamples.Message(i));
        await using var serving = await Mesh.ServeAsync(Address, 5);
        for (var i = 0; i < 50; i++)
        {
            var delivery = await Next(serving);
            Assert.Equal(i, delivery.Message.Item.Id.Index);
            await delivery.AcknowledgeAsync();
        }
    }

    [Fact]
    public async Task No_more_is_delivered_than_the_capacity_until_something_is_acknowledged_or_returned()
    {
        await using var serving = await Mesh.ServeAsync(Address, 2);
        for (var i = 0; i < 4; i++)
            await Mesh.SendAsync(Address, MeshSamples.Message(i));
        var first = await Next(serving);
        var second = await Next(serving);
        await AssertNothingMore(serving);

        await first.AcknowledgeAsync();
        var third = await Next(serving);
        Assert.Equal(2, third.Message.Item.Id.Index);
        await AssertNothingMore(serving);

        await second.ReturnAsync();
        await Next(serving);
        await AssertNothingMore(serving);
    }

    [Fact]
    public async Task What_a_disposed_serving_held_or_had_not_read_is_delivered_to_another()
    {
        for (var i = 0; i < 3; i++)
            await Mesh.SendAsync(Address, MeshSamples.Message(i));
        var first = await Mesh.ServeAsync(Address, 10);
        var held = await Next(first);
        await first.DisposeAsync();
        await first.Deliveries.Completion.WaitAsync(Soon);
        Assert.False(first.Deliveries.TryRead(out _));

        await using var second = await Mesh.ServeAsync(Address, 10);
        // Too late: the item is another's, so nothing happens.
        await held.AcknowledgeAsync();
        await held.ReturnAsync();
        var seen = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var delivery = await Next(second);
            seen.Add(delivery.Message.Item.Id.Index);
            await delivery.AcknowledgeAsync();
        }

        Assert.Equal([0, 1, 2], seen.Order());
        await AssertNothingMore(second);
    }

    [Fact]
    public async Task An_item_that_is_returned_too_often_becomes_undeliverable_intact()
    {
        var message = MeshSamples.Full();
        await Mesh.SendAsync(Address, message);
        await using var serving = await Mesh.ServeAsync(Address, 1);
        for (var i = 0; i < MostDeliveries; i++)
            await (await Next(serving)).ReturnAsync();
        await AssertNothingMore(serving);

        await using (var undeliverable = await Mesh.ServeUndeliverableAsync(10))
        {
            var delivery = await NextOf(undeliverable, message.Item.Id);
            MeshSamples.AssertEqual(message, delivery.Message);
            // Returned or not, there is no further place for it.
            for (var i = 0; i < MostDeliveries + 1; i++)
            {
                await delivery.ReturnAsync();
                delivery = await NextOf(undeliverable, message.Item.Id);
            }
            await delivery.AcknowledgeAsync();
        }

        await using var again = await Mesh.ServeUndeliverableAsync(10);
        await AssertNothingMore(again);
    }

    [Fact]
    public async Task An_item_whose_servings_die_too_often_becomes_undeliverable()
    {
        var message = MeshSamples.Message();
        await Mesh.SendAsync(Address, message);
        for (var i = 0; i < MostDeliveries; i++)
        {
            await using var serving = await Mesh.ServeAsync(Address, 1);
            await Next(serving);
        }

        await using var undeliverable = await Mesh.ServeUndeliverableAsync(10);
        await (await NextOf(undeliverable, message.Item.Id)).AcknowledgeAsync();
    }

    [Fact]
    public async Task Two_servings_share_the_items_without_duplicates()
    {
        const int items = 200;
        await using var first = await Mesh.ServeAsync(Address, 4);
        await using var second = await Mesh.ServeAsync(Address, 4);
        var counts = new int[2];
        var seen = new List<int>();
        var all = new TaskCompletionSource();
        async Task Serve(IServing serving, int which)
        {
            await foreach (var delivery in serving.Deliveries.ReadAllAsync())
            {
                // Held for a moment, so that the other must help.
                await Task.Delay(1);
                await delivery.AcknowledgeAsync();
                lock (seen)
                {
                    counts[which]++;
                    seen.Add(delivery.Message.Item.Id.Index);
                    if (seen.Count >= items)
                        all.TrySetResult();
                }
            }
        }

        Task[] serving = [Serve(first, 0), Serve(second, 1)];
        await Task.WhenAll(Enumerable.Range(0, items).Select(i => Mesh.SendAsync(Address, MeshSamples.Message(i))));
        await all.Task.WaitAsync(Soon);
        await Task.Delay(100);
        await first.DisposeAsync();
        await second.DisposeAsync();
        await Task.WhenAll(serving);
        Assert.Equal(Enumerable.Range(0, items), seen.Order());
        Assert.All(counts, count => Assert.InRange(count, 20, items));
    }

    [Fact]
    public async Task A_paused_serving_takes_nothing_in_but_ends_what_it_holds()
    {
        await Mesh.SendAsync(Address, MeshSamples.Message(0));
        await Mesh.SendAsync(Address, MeshSamples.Message(1));
        await using var serving = await Mesh.ServeAsync(Address, 2);
        var first = await Next(serving);
        await serving.Deliveries.WaitToReadAsync().AsTask().WaitAsync(Soon);
        await serving.PauseAsync();
        await serving.PauseAsync();

        var second = await Next(serving);
        await first.AcknowledgeAsync();
        await second.AcknowledgeAsync();
        await Mesh.SendAsync(Address, MeshSamples.Message(2));
        await AssertNothingMore(serving);
        Assert.Equal(1, (await Mesh.GetDepthsAsync())[Address]);
    }

    [Fact]
    public async Task Nothing_can_be_sent_to_an_address_that_was_not_declared()
    {
        var nowhere = new StageAddress(Stage.Text, "nowhere");
        var e = await Assert.ThrowsAsync<MeshException>(() => Mesh.SendAsync(nowhere, MeshSamples.Message()));
        Assert.Contains("text.nowhere is not declared", e.Message);
        e = await Assert.ThrowsAsync<MeshException>(() => Mesh.ServeAsync(nowhere, 1));
        Assert.Contains("text.nowhere is not declared", e.Message);

        await Mesh.SendAsync(Address, MeshSamples.Message());
    }

    [Fact]
    public async Task Declaring_twice_changes_nothing()
    {
        await Mesh.SendAsync(Address, MeshSamples.Message());
        await Mesh.DeclareAsync([Address, Address]);
        await using var serving = await Mesh.ServeAsync(Address, 1);
        await (await Next(serving)).AcknowledgeAsync();
    }

    [Fact]
    public async Task Depths_count_what_waits_and_not_what_was_delivered()
    {
        var other = Address with { Stage = Stage.Text };
        await Mesh.DeclareAsync([other]);
        for (var i = 0; i < 5; i++)
            await Mesh.SendAsync(Address, MeshSamples.Message(i));
        await using var serving = await Mesh.ServeAsync(Address, 2);
        await Next(serving);
        await Next(serving);
        var depths = await Mesh.GetDepthsAsync();
        Assert.Equal((3, 0), (depths[Address], depths[other]));
        Assert.Equal(2, depths.Count);
    }

    [Fact]
    public async Task Events_reach_those_who_listen_for_them()
    {
        using var ended = new CancellationTokenSource(Soon);
        var job = Guid.NewGuid();
        await using var all = (await Mesh.ListenAsync(new EventFilter(), ended.Token)).GetAsyncEnumerator();
        await using var tenant = (await Mesh.ListenAsync(new EventFilter("acme"), ended.Token)).GetAsyncEnumerator();
        await using var ofJob = (await Mesh.ListenAsync(new EventFilter(Job: job), ended.Token)).GetAsyncEnumerator();
        await using var both = (await Mesh.ListenAsync(new EventFilter("other", job), ended.Token)).GetAsyncEnumerator();
        ItemEvent[] events =
        [
            MeshSamples.Event("acme", job), MeshSamples.Event("acme"), MeshSamples.Event("other"), MeshSamples.Event("other", job),
        ];
        foreach (var e in events)
            Mesh.Publish(e);

        await AssertEvents(all, events);
        await AssertEvents(tenant, events[0], events[1]);
        await AssertEvents(ofJob, events[0], events[3]);
        await AssertEvents(both, events[3]);
        await ended.CancelAsync();
        Assert.False(await all.MoveNextAsync().AsTask().WaitAsync(Soon));
        Assert.False(await both.MoveNextAsync().AsTask().WaitAsync(Soon));
    }

    [Fact]
    public async Task A_slow_listener_loses_the_oldest_events_and_holds_nobody_up()
    {
        var mesh = Create(eventBuffer: 4);
        _meshes.Add(mesh);
        using var ended = new CancellationTokenSource(Soon);
        await using var slow = (await mesh.ListenAsync(new EventFilter(), ended.Token)).GetAsyncEnumerator();
        await using var last = (await mesh.ListenAsync(new EventFilter("last"), ended.Token)).GetAsyncEnumerator();
        // In bursts that no buffer of the way there is too small for.
        for (var i = 0; i < 20; i++)
        {
            mesh.Publish(MeshSamples.Event(step: i));
            await Task.Delay(5);
        }
        mesh.Publish(MeshSamples.Event("last", step: 20));
        Assert.True(await last.MoveNextAsync());
        await Task.Delay(100);

        var steps = new List<int>();
        while (steps.LastOrDefault() < 20 && await slow.MoveNextAsync())
            steps.Add(slow.Current.Step);
        Assert.Equal([17, 18, 19, 20], steps);
    }

    [Fact]
    public async Task What_is_cancelled_does_not_happen()
    {
        var gone = new CancellationToken(true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mesh.DeclareAsync([Address], gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mesh.SendAsync(Address, MeshSamples.Message(), gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mesh.ServeAsync(Address, 1, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mesh.ServeUndeliverableAsync(1, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mesh.GetDepthsAsync(gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mesh.ListenAsync(new EventFilter(), gone));
        Assert.Equal(0, (await Mesh.GetDepthsAsync())[Address]);
    }

    [Fact]
    public async Task A_disposed_mesh_ends_its_listeners_and_does_nothing_more()
    {
        var mesh = Create();
        await mesh.DeclareAsync([Address]);
        await using var events = (await mesh.ListenAsync(new EventFilter(), CancellationToken.None)).GetAsyncEnumerator();
        var serving = await mesh.ServeAsync(Address, 1);
        await mesh.DisposeAsync();
        await mesh.DisposeAsync();

        await serving.Deliveries.Completion.WaitAsync(Soon);
        await serving.DisposeAsync();
        Assert.False(await events.MoveNextAsync().AsTask().WaitAsync(Soon));
        mesh.Publish(MeshSamples.Event());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mesh.SendAsync(Address, MeshSamples.Message()));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mesh.ServeAsync(Address, 1));
    }

    [Fact]
    public async Task A_capacity_below_one_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Mesh.ServeAsync(Address, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Mesh.ServeUndeliverableAsync(-1));
    }

    protected static TimeSpan Soon => TimeSpan.FromSeconds(30);

    protected static async Task<IDelivery> Next(IServing serving) => await serving.Deliveries.ReadAsync().AsTask().WaitAsync(Soon);

    /// <summary>Undeliverable items of other tests are passed over.</summary>
    private static async Task<IDelivery> NextOf(IServing serving, ItemId item)
    {
        while (true)
        {
            var delivery = await Next(serving);
            if (delivery.Message.Item.Id == item)
                return delivery;
            await delivery.AcknowledgeAsync();
        }
    }

    private static async Task AssertNothingMore(IServing serving)
    {
        await Task.Delay(100);
        Assert.False(serving.Deliveries.TryRead(out var delivery), $"{delivery?.Message.Item.Id} came");
    }

    private static async Task AssertEvents(IAsyncEnumerator<ItemEvent> actual, params ItemEvent[] expected)
    {
        foreach (var e in expected)
        {
            Assert.True(await actual.MoveNextAsync().AsTask().WaitAsync(Soon));
            MeshSamples.AssertEqual(e, actual.Current);
        }
    }
}
