using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Tests.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.Cluster.Orleans.Tests.Silos;

/// <summary>A gateway and a silo for each pair of stages, with the real model, as Orleans silos of this process.</summary>
[Collection(ShapesCollection.Name)]
public sealed class OrleansSilosTests(ShapesModel shapes) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly int _primary = FreePort.Take();
    private readonly List<(OrleansMesh Mesh, SiloHost Silo)> _silos = [];
    private EmbeddedCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EmbeddedCluster.StartAsync(shapes);
        await JoinAsync("gateway", gateway: true);
        await JoinAsync("text-base", gateway: false, Stage.Text, Stage.Base);
        await JoinAsync("superres-pixels", gateway: false, Stage.Superres, Stage.Pixels);
    }

    public async Task DisposeAsync()
    {
        foreach (var (mesh, silo) in _silos.AsEnumerable().Reverse())
        {
            await silo.DisposeAsync();
            await mesh.DisposeAsync();
        }
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Pictures_are_those_of_one_process()
    {
        var requests = Enumerable.Range(0, 6).Select(i => shapes.Request("a red circle above a blue square", (ulong)i)).ToArray();
        var job = await _cluster.SubmitAsync(requests);
        Assert.Equal(6, (await _cluster.WaitAsync(job)).Done);
        var expected = shapes.Files(requests);
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(expected[i], await _cluster.FileAsync(job, i));
    }

    [Fact]
    public async Task Cancelling_a_job_reaches_the_decoder()
    {
        var decoder = _silos[1].Silo;
        var job = await _cluster.SubmitAsync([.. Enumerable.Range(0, 8).Select(i => shapes.Request("a red circle", (ulong)i, steps: 1024))]);
        await _cluster.WaitAsync(job, _ => decoder.Status.Grains.Single(g => g.Stage == Stage.Base).Running == 8);
        Assert.Equal(8, await _cluster.Ledger.CancelAsync(job.Id));
        await _cluster.WaitAsync(job, _ => decoder.Status.Grains.Sum(g => g.Running) == 0);
        Assert.Equal(8, (await _cluster.WaitAsync(job)).Cancelled);
    }

    [Fact]
    public async Task A_silo_that_stops_hands_items_on_between_two_steps()
    {
        var request = shapes.Request("a red circle", 1, steps: 600);
        var (mesh, decoder) = _silos[1];
        using var listening = new CancellationTokenSource(Soon);
        var events = await _silos[0].Mesh.ListenAsync(new EventFilter(), listening.Token);
        var job = await _cluster.SubmitAsync(request);
        await foreach (var e in events)
            if (e is { Stage: Stage.Base, Step: > 20 })
                break;
        await decoder.DrainAsync();
        await decoder.DisposeAsync();
        await mesh.DisposeAsync();
        _silos.RemoveAt(1);

        await JoinAsync("base-again", gateway: false, Stage.Text, Stage.Base);
        // A step below would have been made twice.
        await foreach (var e in events)
            if (e.Stage == Stage.Superres)
                break;
            else if (e.Stage == Stage.Base)
                Assert.InRange(e.Step, 20, 600);
        Assert.Equal(1, (await _cluster.WaitAsync(job)).Done);
        Assert.Equal(shapes.Files([request])[0], await _cluster.FileAsync(job, 0));
    }

    private async Task JoinAsync(string name, bool gateway, params Stage[] stages)
    {
        var mesh = new OrleansMesh(new OrleansOptions { Name = name, Cluster = $"c{_primary}", Primary = _primary, Stages = stages, Gateway = gateway, Models = ["shapes"] });
        // The first has the membership.
        await mesh.DeclareAsync([]);
        _silos.Add((mesh, await _cluster.StartSiloAsync(o => o with { Name = name, Stages = stages, Gateway = gateway }, mesh)));
    }
}
