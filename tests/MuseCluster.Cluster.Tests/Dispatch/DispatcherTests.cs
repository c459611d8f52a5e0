using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Simulation;

namespace MuseCluster.Cluster.Tests.Dispatch;

public sealed class DispatcherTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-dispatcher-").FullName;
    private readonly FakeTimeProvider _time = new(Start);
    private readonly FailingMesh _mesh = new(new InProcessMeshOptions { MostDeliveries = 1 });
    private SqlLedger _ledger = null!;

    private string Connection => $"sqlite:{_folder}/ledger.db";

    public async Task InitializeAsync()
    {
        _ledger = await SqlLedger.OpenAsync(Connection, _time);
        await BeatAsync();
    }

    public async Task DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _ledger.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_window_is_never_exceeded_and_always_full_while_items_wait()
    {
        var time = new VirtualTime(Start);
        await using var ledger = await SqlLedger.OpenAsync($"sqlite:{_folder}/window.db", time);
        await using var cluster = new SimulatedCluster(ledger, time, new SimulationOptions { Silos = 3, Capacity = 2, Model = "shapes" });
        var options = new DispatchOptions { MinWindow = 1 };
        Assert.Equal(36, cluster.Window(options));
        await ledger.SubmitAsync(JobOf(300));
        await ledger.SubmitAsync(JobOf(50, "bob", priority: PriorityClass.Interactive));
        var dispatcher = cluster.AddDispatcher("a", options);
        for (var ended = 0; ended < 350;)
        {
            var finished = await cluster.StepAsync(TimeSpan.FromMilliseconds(50), dispatcher);
            Assert.Equal(Math.Min(36, 350 - ended), cluster.Grains.InFlight + finished.Count);
            Assert.Equal(cluster.Grains.InFlight, (await ledger.GetBacklogAsync()).Sum(b => b.Running));
            ended += finished.Count;
        }
        Assert.Equal(350, cluster.Mesh.Sent.Select(s => s.Item).Distinct().Count());
        Assert.Equal(350, cluster.Mesh.Count);
    }

    [Fact]
    public async Task A_tenant_never_has_more_on_its_way_than_it_may_and_others_take_the_rest()
    {
        var time = new VirtualTime(Start);
        await using var ledger = await SqlLedger.OpenAsync($"sqlite:{_folder}/limit.db", time);
        await using var cluster = new SimulatedCluster(ledger, time, new SimulationOptions { Silos = 3, Capacity = 2, Model = "shapes" });
        await ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxRunning = 7 } });
        await ledger.SubmitAsync(JobOf(40));
        await ledger.SubmitAsync(JobOf(9, priority: PriorityClass.Interactive));
        await ledger.SubmitAsync(JobOf(200, "bob"));
        var dispatcher = cluster.AddDispatcher("a", new DispatchOptions { MinWindow = 1 });
        for (var ended = 0; ended < 249;)
        {
            ended += (await cluster.StepAsync(TimeSpan.FromMilliseconds(50), dispatcher)).Count;
            var running = (await ledger.GetBacklogAsync()).ToLookup(b => b.Queue.Tenant, b => b.Running);
            Assert.InRange(running["ada"].Sum(), 0, 7);
            if (ended == 0)
                Assert.Equal((7, 29), (running["ada"].Sum(), running["bob"].Sum()));
        }
    }

    [Fact]
    public async Task A_window_follows_the_silos_that_are_there()
    {
        await _ledger.SubmitAsync(JobOf(500));
        var dispatcher = Dispatcher();
        Assert.Equal(24, await dispatcher.DispatchOnceAsync());
        await BeatAsync("second");
        Assert.Equal(0, await dispatcher.DispatchOnceAsync());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(24, await dispatcher.DispatchOnceAsync());
    }

    [Fact]
    public async Task Items_whose_sending_failed_go_back_and_are_sent_later_with_no_attempt_lost()
    {
        var job = JobOf(20);
        await _ledger.SubmitAsync(job);
        _mesh.Refuses = item => item.Id.Index % 3 == 0;
        var dispatcher = Dispatcher();
        await Assert.ThrowsAsync<MeshException>(() => dispatcher.DispatchOnceAsync());
        var backlog = Assert.Single(await _ledger.GetBacklogAsync());
        Assert.Equal((20 - _mesh.Sent.Count, _mesh.Sent.Count), (backlog.Queued, backlog.Running));

        _mesh.Refuses = _ => false;
        Assert.Equal(backlog.Queued, await dispatcher.DispatchOnceAsync());
        Assert.Equal(Enumerable.Range(0, 20), _mesh.Sent.Select(i => i.Id.Index).Order());
        Assert.All(await _ledger.GetItemsAsync(job.Id, 0, 20), status => Assert.Equal((ItemState.Running, 1), (status.State, status.Item.Attempt)));
    }

    [Fact]
    public async Task What_could_not_be_sent_costs_its_tenant_nothing()
    {
        await _ledger.SubmitAsync(JobOf(1000, "ada"));
        await _ledger.SubmitAsync(JobOf(1000, "bob"));
        var dispatcher = Dispatcher(new DispatchOptions { MinWindow = 100 });
        _mesh.Refuses = item => item.Tenant == "ada";
        await Assert.ThrowsAsync<MeshException>(() => dispatcher.DispatchOnceAsync());
        Assert.InRange(_mesh.Sent.Count, 20, 50);
        _mesh.Refuses = _ => false;
        for (var i = 0; i < 5; i++)
        {
            await _ledger.EndAsync([.. (await RunningAsync()).Select(id => Outcome.Done(id, "x"))]);
            await dispatcher.DispatchOnceAsync();
        }
        Assert.InRange(_mesh.Sent.Count(i => i.Tenant == "ada") - _mesh.Sent.Count(i => i.Tenant == "bob"), -1, 1);
    }

    [Fact]
    public async Task A_ledger_that_hangs_after_a_failed_sending_does_not_end_the_dispatcher()
    {
        await _ledger.SubmitAsync(JobOf(3));
        _mesh.Refuses = _ => true;
        var stuck = StuckLedger.Of(_ledger, nameof(ILedger.ReturnAsync));
        using var stop = new CancellationTokenSource();
        var running = Dispatcher(ledger: stuck).RunAsync(stop.Token);
        await ((StuckLedger)stuck).Reached.Task.WaitAsync(Patience);
        _mesh.Refuses = _ => false;
        // The leases end, and all is as before.
        await UntilAsync(() => _mesh.Sent.Count == 3, step: TimeSpan.FromSeconds(5));
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task Items_whose_leases_end_are_dispatched_again_and_given_up_after_their_last_attempt()
    {
        var job = JobOf(2);
        await _ledger.SubmitAsync(job);
        var options = new DispatchOptions { MaxAttempts = 3, WaitingLeases = 0 };
        var dispatcher = Dispatcher(options);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(2, await dispatcher.DispatchOnceAsync());
            Assert.Equal([attempt, attempt], _mesh.Sent.TakeLast(2).Select(i => i.Attempt));
            _time.Advance(options.Lease);
            await BeatAsync();
        }
        Assert.Equal(0, await dispatcher.DispatchOnceAsync());
        Assert.All(await _ledger.GetItemsAsync(job.Id, 0, 2), status =>
        {
            Assert.Equal(ItemState.Failed, status.State);
            Assert.Contains("given up after 3 attempts", status.Reason, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Undeliverable_items_are_tried_again_one_at_a_time_and_what_is_undeliverable_every_time_fails_with_a_reason()
    {
        var job = JobOf(3);
        await _ledger.SubmitAsync(job);
        using var stop = new CancellationTokenSource();
        var events = await _mesh.ListenAsync(new EventFilter(), stop.Token);
        var running = Dispatcher().RunAsync(stop.Token);
        await UntilAsync(() => _mesh.Sent.Count == 3);
        await using var serving = await _mesh.ServeAsync(new StageAddress(Stage.Text, "shapes"), 3);
        for (var i = 0; i < 3; i++)
            await (await serving.Deliveries.ReadAsync()).ReturnAsync();

        // One is sent at a time: the first is poison, the others were only beside it and come before it comes again.
        ItemId? poison = null;
        for (var tried = 0; tried < 4; tried++)
        {
            IDelivery? delivery = null;
            await UntilAsync(() => serving.Deliveries.TryRead(out delivery), TimeSpan.FromMilliseconds(100));
            Assert.Equal(tried < 3 ? 1 : 2, delivery!.Message.Strikes);
            Assert.False(serving.Deliveries.TryRead(out _));
            if (tried == 0)
                poison = delivery.Message.Item.Id;
            Assert.Equal(tried is 0 or 3, delivery.Message.Item.Id == poison);
            if (tried is 0 or 3)
            {
                await delivery.ReturnAsync();
                continue;
            }
            await _ledger.EndAsync([Outcome.Done(delivery.Message.Item.Id, "ada/result")]);
            await delivery.AcknowledgeAsync();
        }
        await using var heard = events.GetAsyncEnumerator();
        var next = heard.MoveNextAsync().AsTask();
        await UntilAsync(() => next.IsCompleted, TimeSpan.FromMilliseconds(100));
        Assert.Equal((poison, ItemState.Failed, "ada"), (heard.Current.Item, heard.Current.State, heard.Current.Tenant));
        var items = await _ledger.GetItemsAsync(job.Id, 0, 3);
        Assert.Equal(2, items.Count(i => i.State == ItemState.Done));
        Assert.Contains("every silo that took it died", items.Single(i => i.State == ItemState.Failed).Reason, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_dispatcher_looks_at_the_queues_of_every_model_before_it_has_sent_anything()
    {
        Assert.Empty(await _mesh.GetDepthsAsync());
        Assert.Equal(0, await Dispatcher().DispatchOnceAsync());
        Assert.Equal(StageAddress.Of("shapes"), (await _mesh.GetDepthsAsync()).Keys.OrderBy(a => a.Stage));
    }

    [Fact]
    public async Task Items_that_wait_in_the_meshs_queues_are_not_taken_for_lost()
    {
        await _ledger.SubmitAsync(JobOf(2));
        var options = new DispatchOptions { Lease = TimeSpan.FromSeconds(10), WaitingLeases = 3 };
        var dispatcher = Dispatcher(options);
        Assert.Equal(2, await dispatcher.DispatchOnceAsync());
        _time.Advance(TimeSpan.FromSeconds(39));
        await BeatAsync();
        Assert.Equal(0, await dispatcher.DispatchOnceAsync());
        _time.Advance(TimeSpan.FromSeconds(2));
        await BeatAsync();
        Assert.Equal(2, await dispatcher.DispatchOnceAsync());
    }

    [Fact]
    public async Task Only_who_holds_the_office_dispatches_and_another_takes_over_when_its_term_is_over()
    {
        await _ledger.SubmitAsync(JobOf(100));
        var options = new DispatchOptions { MaxBatch = 5, MinWindow = 1000 };
        var (first, second) = (Dispatcher(options, "first"), Dispatcher(options, "second"));
        Assert.Equal((5, 0), (await first.DispatchOnceAsync(), await second.DispatchOnceAsync()));
        _time.Advance(options.Term - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await second.DispatchOnceAsync());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((5, 0), (await second.DispatchOnceAsync(), await first.DispatchOnceAsync()));
    }

    [Fact]
    public async Task Two_dispatchers_that_both_believe_to_hold_the_office_dispatch_nothing_twice()
    {
        await _ledger.SubmitAsync(JobOf(2000));
        // The second's clock is fast: the first's term is over there, while the first has not noticed.
        var fast = new FakeTimeProvider(Start + TimeSpan.FromSeconds(6));
        await using var other = await SqlLedger.OpenAsync(Connection, fast);
        var options = new DispatchOptions { MaxBatch = 50, MinWindow = 2000, Term = TimeSpan.FromSeconds(5) };
        var (first, second) = (Dispatcher(options, "first"), new Dispatcher("second", other, _mesh, options, fast, NullLogger<Dispatcher>.Instance));
        Assert.Equal((50, 50), (await first.DispatchOnceAsync(), await second.DispatchOnceAsync()));
        await Task.WhenAll(new[] { first, second }.Select(dispatcher => Task.Run(async () =>
        {
            while (await dispatcher.DispatchOnceAsync() > 0)
            {
            }
        })));
        Assert.Equal(2000, _mesh.Sent.Count);
        Assert.Equal(2000, _mesh.Sent.Select(i => i.Id).Distinct().Count());
    }

    [Fact]
    public async Task Items_of_a_model_that_no_silo_serves_wait_and_others_go_on()
    {
        await _ledger.SubmitAsync(JobOf(5, model: "absent"));
        await _ledger.SubmitAsync(JobOf(5));
        // A model without its last stage would only fill the way to it.
        await _ledger.HeartbeatAsync(new SiloStatus("half", "", "1", Start, Start, false, [new GrainStatus(Stage.Text, "absent", 4, 0, 0)]));
        var dispatcher = Dispatcher();
        Assert.Equal(5, await dispatcher.DispatchOnceAsync());
        Assert.All(_mesh.Sent, item => Assert.Equal("shapes", item.Model));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await dispatcher.DispatchOnceAsync());
        await BeatAsync("late", "absent");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(5, await dispatcher.DispatchOnceAsync());
    }

    [Fact]
    public async Task Items_are_sent_in_the_order_in_which_tenants_are_entitled_to_them()
    {
        await _ledger.SubmitAsync(JobOf(100, "ada"));
        await _ledger.SubmitAsync(JobOf(100, "bob"));
        await _ledger.SubmitAsync(JobOf(1, "eve", priority: PriorityClass.Interactive));
        Assert.Equal(201, await Dispatcher(new DispatchOptions { MinWindow = 1000 }).DispatchOnceAsync());
        Assert.Equal(["eve", .. Enumerable.Range(0, 100).SelectMany(_ => new[] { "ada", "bob" })], _mesh.Sent.Select(i => i.Tenant));
    }

    [Fact]
    public async Task A_cancelled_dispatcher_lays_its_office_down()
    {
        await _ledger.SubmitAsync(JobOf(1));
        using var stop = new CancellationTokenSource();
        var running = Dispatcher().RunAsync(stop.Token);
        await UntilAsync(() => _mesh.Sent.Count == 1);
        Assert.False(await _ledger.HoldAsync(Cluster.Dispatch.Dispatcher.Office, "next", TimeSpan.FromSeconds(1)));
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
        Assert.True(await _ledger.HoldAsync(Cluster.Dispatch.Dispatcher.Office, "next", TimeSpan.FromSeconds(1)));
    }

    private Dispatcher Dispatcher(DispatchOptions? options = null, string name = "first", ILedger? ledger = null) =>
        new(name, ledger ?? _ledger, _mesh, options ?? new DispatchOptions(), _time, NullLogger<Dispatcher>.Instance);

    // 16 places in all: a window of 24.
    private Task BeatAsync(string silo = "silo", string model = "shapes") => _ledger.HeartbeatAsync(new SiloStatus(
        silo, "", "1", Start, Start, false, [.. StageNames.All.Select(stage => new GrainStatus(stage, model, 4, 0, 0))]));

    private async Task<IReadOnlyList<ItemId>> RunningAsync()
    {
        List<ItemId> running = [];
        foreach (var job in await _ledger.GetJobsAsync(null, 10))
            running.AddRange((await _ledger.GetItemsAsync(job.Id, 0, job.Items)).Where(i => i.State == ItemState.Running).Select(i => i.Item.Id));
        return running;
    }

    private Task UntilAsync(Func<bool> holds, TimeSpan step = default) => UntilAsync(() => Task.FromResult(holds()), step);

    private async Task UntilAsync(Func<Task<bool>> holds, TimeSpan step = default)
    {
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); !await holds(); await Task.Delay(10))
        {
            Assert.True(watch.Elapsed < Patience, "waited in vain");
            if (step > TimeSpan.Zero)
            {
                _time.Advance(step);
                await BeatAsync();
            }
        }
    }

    private static Job JobOf(int items, string tenant = "ada", string model = "shapes", PriorityClass priority = PriorityClass.Batch) => new()
    {
        Tenant = tenant,
        Model = model,
        Class = priority,
        Requests = [.. Enumerable.Range(0, items).Select(i => new GenerationRequest { Prompt = "a red cross", Seed = (ulong)i })],
    };
}
