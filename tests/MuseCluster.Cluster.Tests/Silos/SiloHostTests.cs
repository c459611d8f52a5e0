using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Cluster.Tests.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Tests.Silos;

[Collection(ShapesCollection.Name)]
public sealed class SiloHostTests(ShapesModel shapes) : IAsyncLifetime
{
    private EmbeddedCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await EmbeddedCluster.StartAsync(shapes);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Pictures_of_a_cluster_are_the_files_that_a_single_process_makes()
    {
        GenerationRequest[] requests =
        [
            .. Enumerable.Range(0, 20).Select(i => shapes.Request(i % 2 == 0 ? "a red circle" : "a blue square", (ulong)i, steps: 1 + (i % 5))),
            shapes.Request("a green ring", 7) with { Negative = "red", Guidance = 3, SrGuidance = 0 },
            shapes.Request("a green ring", 7) with { Guidance = 0, SrGuidance = 0 },
            shapes.Request("", 8),
        ];
        await using var silo = await _cluster.StartSiloAsync();
        var job = await _cluster.SubmitAsync(requests);
        Assert.Equal(requests.Length, (await _cluster.WaitAsync(job)).Done);
        var expected = shapes.Files(requests);
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(expected[i], await _cluster.FileAsync(job, i));
    }

    [Fact]
    public async Task A_manifest_tells_all_stages_and_its_grids_are_the_pictures_tokens()
    {
        var request = shapes.Request("a red circle", 1);
        await using var silo = await _cluster.StartSiloAsync();
        var job = await _cluster.SubmitAsync(request);
        await _cluster.WaitAsync(job);
        var item = Assert.Single(await _cluster.Ledger.GetItemsAsync(job.Id, 0, 10));
        await using var artifact = await _cluster.Artifacts.OpenAsync(ArtifactName.Parse(item.Result!));
        var manifest = PictureManifest.Parse(await artifact!.ReadAllAsync());
        Assert.Equal(request, manifest.Request);
        Assert.Equal(StageNames.All, manifest.Timings.Select(t => t.Stage));
        Assert.All(manifest.Timings, t => Assert.Equal(silo.Status.Name, t.Silo));
        using var pipeline = new TextToImagePipeline(shapes.Model);
        var picture = Assert.Single(pipeline.Generate([request]));
        Assert.Equal(picture.BaseGrid, manifest.BaseGrid.Codes);
        Assert.Equal(picture.SuperresGrid, manifest.SuperresGrid!.Codes);
    }

    [Fact]
    public async Task One_trace_follows_an_item_through_all_stages_and_its_use_is_counted()
    {
        var spans = new ConcurrentBag<Activity>();
        var measured = new ConcurrentDictionary<string, double>();
        using var tracing = new ActivityListener { ShouldListenTo = s => s.Name == ClusterTelemetry.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData, ActivityStopped = spans.Add };
        ActivitySource.AddActivityListener(tracing);
        using var metering = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == ClusterTelemetry.Name) listener.EnableMeasurementEvents(instrument); } };
        metering.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        metering.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        metering.Start();

        var silo = await _cluster.StartSiloAsync();
        var job = await _cluster.SubmitAsync(shapes.Request("a red circle", 1, steps: 5) with { Guidance = 2, SrSteps = 3, SrGuidance = 0 });
        await _cluster.WaitAsync(job);
        await silo.DrainAsync();
        await silo.DisposeAsync();

        var own = spans.Where(s => Equals(s.GetTagItem("muse.item"), new ItemId(job.Id, 0).ToString())).ToList();
        Assert.Equal(["base shapes", "dispatch", "pixels shapes", "superres shapes", "text shapes"], own.Select(s => s.OperationName).Order());
        Assert.Single(own.Select(s => s.TraceId).Distinct());
        Assert.All(own, s => Assert.Equal("ada", s.GetTagItem("muse.tenant")));
        // Other tests of this process may count too; no silo of theirs runs beside this one.
        Assert.Equal(1, measured["muse.pictures"]);
        Assert.Equal((5 * 2) + 3, measured["muse.tenant.usage"]);
        Assert.Equal(0, measured["muse.grain.items"]);
        Assert.True(measured["muse.grain.step.duration"] > 0);
    }

    [Fact]
    public async Task Stages_may_live_on_silos_of_their_own()
    {
        await using var gateway = await _cluster.StartSiloAsync(o => o with { Stages = [] });
        var silos = new List<SiloHost>();
        foreach (var stage in StageNames.All)
            silos.Add(await _cluster.StartSiloAsync(o => o with { Stages = [stage], Gateway = false }));
        GenerationRequest[] requests = [shapes.Request("a red circle", 1), shapes.Request("a blue square", 2)];
        var job = await _cluster.SubmitAsync(requests);
        Assert.Equal(2, (await _cluster.WaitAsync(job)).Done);
        var expected = shapes.Files(requests);
        Assert.Equal(expected[1], await _cluster.FileAsync(job, 1));
        foreach (var silo in silos)
            await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_short_item_joins_a_long_one_and_ends_before_it()
    {
        await using var silo = await _cluster.StartSiloAsync();
        var events = await _cluster.Mesh.ListenAsync(new EventFilter(), CancellationToken.None);
        var slow = await _cluster.SubmitAsync(shapes.Request("a red circle", 1, steps: 1000));
        await foreach (var e in events)
            if (e.Stage == Stage.Base && e.Step > 3)
                break;
        var quick = await _cluster.SubmitAsync(shapes.Request("a blue square", 2, steps: 2));
        await _cluster.WaitAsync(quick);
        Assert.Equal(1, (await _cluster.Ledger.GetJobAsync(slow.Id))!.Running);
        Assert.Equal(shapes.Files([shapes.Request("a blue square", 2, steps: 2)])[0], await _cluster.FileAsync(quick, 0));
    }

    [Fact]
    public async Task A_drained_silo_hands_items_back_between_two_steps_and_another_goes_on_to_the_same_picture()
    {
        var request = shapes.Request("a red circle", 1, steps: 600);
        var first = await _cluster.StartSiloAsync();
        var events = await _cluster.Mesh.ListenAsync(new EventFilter(), CancellationToken.None);
        var job = await _cluster.SubmitAsync(request);
        await foreach (var e in events)
            if (e.Stage == Stage.Base && e.Step > 20)
                break;
        await first.DrainAsync();
        await first.DisposeAsync();

        var serving = await _cluster.Mesh.ServeAsync(new StageAddress(Stage.Base, "shapes"), 1);
        var left = await serving.Deliveries.ReadAsync();
        Assert.InRange(left.Message.Partial!.Step, 20, 599);
        await serving.DisposeAsync();

        await using var second = await _cluster.StartSiloAsync();
        var status = await _cluster.WaitAsync(job);
        Assert.Equal(1, status.Done);
        Assert.Equal(shapes.Files([request])[0], await _cluster.FileAsync(job, 0));
        Assert.Equal(1, (await _cluster.Ledger.GetItemsAsync(job.Id, 0, 1))[0].Item.Attempt);
    }

    [Fact]
    public async Task A_silo_that_says_goodbye_is_not_there_any_more()
    {
        var silo = await _cluster.StartSiloAsync();
        Assert.Single(await _cluster.Ledger.GetSilosAsync(TimeSpan.FromMinutes(1)));
        await silo.DrainAsync();
        await silo.DisposeAsync();
        Assert.Empty(await _cluster.Ledger.GetSilosAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task After_a_crash_in_a_batch_nothing_is_lost_and_no_finished_picture_is_made_again()
    {
        var requests = Enumerable.Range(0, 60).Select(i => shapes.Request("a red circle", (ulong)i, steps: 20)).ToArray();
        var first = await _cluster.StartSiloAsync(o => o with { Grain = o.Grain with { Capacity = 4 } });
        var job = await _cluster.SubmitAsync(requests);
        await _cluster.WaitAsync(job, s => s.Done >= 10);
        await _cluster.CrashAsync(first);
        var before = (await _cluster.Ledger.GetItemsAsync(job.Id, 0, 100)).Where(i => i.State == ItemState.Done).ToDictionary(i => i.Item.Id);
        Assert.InRange(before.Count, 10, 59);

        await using var second = await _cluster.StartSiloAsync();
        Assert.Equal(60, (await _cluster.WaitAsync(job)).Done);
        var after = await _cluster.Ledger.GetItemsAsync(job.Id, 0, 100);
        foreach (var item in after.Where(i => before.ContainsKey(i.Item.Id)))
            Assert.Equal(before[item.Item.Id], item);
        var expected = shapes.Files(requests);
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(expected[i], await _cluster.FileAsync(job, i));
    }

    [Fact]
    public async Task Poison_fails_alone_with_a_reason_and_its_neighbours_are_done()
    {
        await using var silo = await _cluster.StartSiloAsync(o => o with { Faults = new FaultOptions { Poison = true } });
        var job = await _cluster.SubmitAsync([.. Enumerable.Range(0, 12).Select(i => shapes.Request(i == 5 ? $"{FaultyWork.Throws} a red circle" : "a red circle", (ulong)i))]);
        var status = await _cluster.WaitAsync(job);
        Assert.Equal((11, 1), (status.Done, status.Failed));
        var failed = (await _cluster.Ledger.GetItemsAsync(job.Id, 5, 1))[0];
        Assert.Equal(ItemState.Failed, failed.State);
        Assert.Contains("the prompt is poison", failed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "no such grid")]
    [InlineData(false, "failed 3 times, the last time with: the store has a fault of its own")]
    public async Task An_item_whose_result_cannot_be_stored_fails_alone_and_the_stage_goes_on(bool poison, string reason)
    {
        var refused = new ItemId(Guid.Empty, 1);
        var artifacts = new FaultyArtifacts(_cluster.Artifacts)
        {
            Refuses = name => !name.Path.Contains($"/{refused.Index:D6}", StringComparison.Ordinal) ? null
                : poison ? new ArgumentException("no such grid") : new InvalidOperationException("the store has a fault of its own"),
        };
        await using var silo = await _cluster.StartSiloAsync(artifacts: artifacts);
        var job = await _cluster.SubmitAsync([.. Enumerable.Range(0, 40).Select(i => shapes.Request("a red circle", (ulong)i, steps: 1))]);
        var status = await _cluster.WaitAsync(job);
        Assert.Equal((39, 1), (status.Done, status.Failed));
        Assert.Contains(reason, (await _cluster.Ledger.GetItemsAsync(job.Id, refused.Index, 1))[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duplicated_and_late_items_have_one_result_each()
    {
        await using var silo = await _cluster.StartSiloAsync(o => o with { Faults = new FaultOptions { Seed = 3, Duplicate = 0.5, Delay = 0.3 } });
        var requests = Enumerable.Range(0, 20).Select(i => shapes.Request("a blue square", (ulong)i, steps: 2)).ToArray();
        var job = await _cluster.SubmitAsync(requests);
        Assert.Equal(20, (await _cluster.WaitAsync(job)).Done);
        var stored = new List<ArtifactName>();
        await foreach (var name in _cluster.Artifacts.ListAsync(job.Tenant))
            stored.Add(name);
        Assert.Equal(40, stored.Count);
        var expected = shapes.Files(requests);
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(expected[i], await _cluster.FileAsync(job, i));
    }

    [Fact]
    public async Task Cancelled_items_leave_their_grains_without_a_picture()
    {
        await using var silo = await _cluster.StartSiloAsync();
        var job = await _cluster.SubmitAsync([.. Enumerable.Range(0, 8).Select(i => shapes.Request("a red circle", (ulong)i, steps: 1024))]);
        await _cluster.WaitAsync(job, _ => silo.Status.Grains.Single(g => g.Stage == Stage.Base).Running == 8);
        Assert.Equal(8, await _cluster.Ledger.CancelAsync(job.Id));
        await _cluster.WaitAsync(job, _ => silo.Status.Grains.Sum(g => g.Running) == 0);
        await foreach (var name in _cluster.Artifacts.ListAsync(job.Tenant))
            Assert.Fail($"{name} was stored");
    }

    [Fact]
    public void A_model_loaded_for_some_stages_says_what_is_missing()
    {
        using var model = MuseCluster.Models.MuseModel.Load(shapes.Model.Manifest.Folder!, shapes.Model.Device, SiloHost.Parts([Stage.Pixels]));
        Assert.Contains("Base is needed here", Assert.Throws<InvalidOperationException>(() => model.Base).Message, StringComparison.Ordinal);
        Assert.NotNull(model.Pixels);
    }

    [Fact]
    public void Wrong_options_are_all_named()
    {
        var options = new SiloOptions { Name = "Not A Name", Grain = new() { Capacity = 0 }, Dispatch = new() { MaxAttempts = 0 } };
        var e = Assert.Throws<ArgumentException>(() => new SiloHost(
            options, new Dictionary<string, MuseCluster.Models.MuseModel>(), _cluster.Ledger, _cluster.Mesh, _cluster.Artifacts, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        foreach (var name in new[] { "Name", "Grain.Capacity", "Dispatch.MaxAttempts" })
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }
}
