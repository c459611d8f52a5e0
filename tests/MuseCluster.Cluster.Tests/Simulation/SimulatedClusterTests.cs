using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Simulation;

namespace MuseCluster.Cluster.Tests.Simulation;

/// <summary>What tenants get of a thousand silos: the dispatcher and the ledger are real, the silos and the time are not.</summary>
public sealed class SimulatedClusterTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // Heartbeats are commits, and a silo's place is what its silence costs: nobody is silent here.
    private static readonly SimulationOptions Silos = new() { Silos = 1000, Capacity = 1, Heartbeat = TimeSpan.FromMinutes(1) };
    private static readonly DispatchOptions Options = new() { SiloTimeout = TimeSpan.FromMinutes(2), WindowFactor = 1.25 };
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-simulation-").FullName;
    private readonly VirtualTime _time = new(Start);
    private SqlLedger _ledger = null!;
    private SimulatedCluster _cluster = null!;

    private int Window => _cluster.Window(Options);

    public async Task InitializeAsync()
    {
        _ledger = await SqlLedger.OpenAsync($"sqlite:{_folder}/ledger.db", _time);
        _cluster = new SimulatedCluster(_ledger, _time, Silos);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _ledger.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Tenants_of_weights_1_2_and_4_complete_1_2_and_4_parts_also_across_a_change_of_dispatchers()
    {
        foreach (var (tenant, weight) in new[] { ("one", 1), ("two", 2), ("four", 4) })
        {
            await _ledger.PutTenantAsync(new Tenant(tenant, weight));
            await SubmitAsync(tenant, 13_000);
        }
        var (first, second) = (_cluster.AddDispatcher("first", Options), _cluster.AddDispatcher("second", Options));
        List<string> done = [];
        while (done.Count < 7_000)
            done.AddRange(await StepAsync(first, second));
        var before = _cluster.Mesh.Count;
        // The first is gone without a word: nobody dispatches until its term is over.
        while (done.Count < 15_000)
            done.AddRange(await StepAsync(second));

        Assert.True(_cluster.Mesh.Count > before);
        Assert.Equal(1000, (await _ledger.GetSilosAsync(Options.SiloTimeout)).Count);
        Assert.All((await _ledger.GetBacklogAsync()), backlog => Assert.True(backlog.Queued > 0, $"{backlog.Queue.Tenant} has nothing left: this tells nothing"));
        foreach (var part in new[] { done, done[..7_000], done[7_000..] })
        {
            var seventh = part.Count / 7.0;
            Assert.InRange(part.Count(t => t == "one"), seventh * 0.95, seventh * 1.05);
            Assert.InRange(part.Count(t => t == "two"), seventh * 1.9, seventh * 2.1);
            Assert.InRange(part.Count(t => t == "four"), seventh * 3.8, seventh * 4.2);
        }
    }

    [Theory]
    [InlineData(1, PriorityClass.Batch)]
    [InlineData(1000, PriorityClass.Batch)]
    [InlineData(1000, PriorityClass.Interactive)]
    public async Task A_hundred_thousand_queued_items_delay_anothers_interactive_item_by_a_window_at_most(double weight, PriorityClass flood)
    {
        await _ledger.PutTenantAsync(new Tenant("flood", weight));
        await SubmitAsync("flood", 100_000, flood);
        var dispatcher = _cluster.AddDispatcher("first", Options);
        for (var finished = 0; finished < 2000;)
            finished += (await StepAsync(dispatcher)).Count;
        Assert.True(_cluster.Grains.InFlight > Window / 2);

        var (sent, at) = (_cluster.Mesh.Count, _time.GetUtcNow());
        var job = await SubmitAsync("one", 1, PriorityClass.Interactive);
        while (!(await StepAsync(dispatcher)).Contains("one"))
        {
        }
        var place = _cluster.Mesh.Sent.Index().Single(s => s.Item.Item.Job == job).Index;
        Assert.InRange(place - sent, 0, Window);
        // It found a place at once where one was free, and before all that waited where none was.
        Assert.InRange((_time.GetUtcNow() - at).TotalSeconds, 0, 2);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_run_and_another_one_another()
    {
        async Task<string> RunAsync(ulong seed)
        {
            var time = new VirtualTime(Start);
            await using var ledger = await SqlLedger.OpenAsync($"sqlite:{_folder}/{Guid.NewGuid():N}.db", time);
            await using var cluster = new SimulatedCluster(ledger, time, new SimulationOptions { Silos = 5, Latency = new LatencyModel { Seed = seed } });
            foreach (var (tenant, n) in new[] { ("a", 1), ("b", 2) })
                await ledger.SubmitAsync(JobOf(tenant, 200) with { Id = new Guid(n, 0, 0, new byte[8]) });
            var dispatcher = cluster.AddDispatcher("first");
            List<string> done = [];
            while (done.Count < 400)
                done.AddRange((await cluster.StepAsync(Tick, dispatcher)).Select(i => $"{i.Tenant}{i.Id.Index}"));
            return string.Join(' ', done);
        }

        Assert.Equal(await RunAsync(1), await RunAsync(1));
        Assert.NotEqual(await RunAsync(1), await RunAsync(2));
    }

    private async Task<IReadOnlyList<string>> StepAsync(params IReadOnlyList<Dispatcher> dispatchers)
    {
        var ended = await _cluster.StepAsync(Tick, dispatchers);
        Assert.InRange(_cluster.Grains.InFlight, 0, Window);
        return [.. ended.Select(item => item.Tenant)];
    }

    private async Task<Guid> SubmitAsync(string tenant, int items, PriorityClass priority = PriorityClass.Batch)
    {
        var job = JobOf(tenant, items, priority);
        await _ledger.SubmitAsync(job);
        return job.Id;
    }

    private static Job JobOf(string tenant, int items, PriorityClass priority = PriorityClass.Batch) => new()
    {
        Tenant = tenant,
        Model = Silos.Model,
        Class = priority,
        Requests = [.. Enumerable.Repeat(new GenerationRequest { Prompt = "a red cross" }, items)],
    };
}
