using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans.Grains;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Orleans.Tests.Placement;

public sealed class PlacementTests : IAsyncLifetime
{
    private static readonly string[] Models = [.. Enumerable.Range(0, 250).Select(i => $"m{i}")];
    private static readonly IReadOnlyList<StageAddress> Addresses = StageAddress.Of(Models);
    private readonly LocalSilos _silos = new();

    public Task InitializeAsync() => _silos.JoinAsync(Silo("gateway-1") with { Stages = [], Gateway = true });

    public async Task DisposeAsync() => await _silos.DisposeAsync();

    [Fact]
    public async Task Every_queue_of_a_thousand_is_on_a_silo_of_its_role_while_silos_join_and_leave()
    {
        await _silos.JoinAsync(Silo("text-1", Stage.Text));
        await _silos.JoinAsync(Silo("base-1", Stage.Base));
        await _silos.JoinAsync(Silo("superres-pixels-1", Stage.Superres, Stage.Pixels));
        await AssertPlacedAsync();

        await _silos.JoinAsync(Silo("base-2", Stage.Base));
        await _silos.JoinAsync(Silo("text-superres-1", Stage.Text, Stage.Superres));
        await _silos.LeaveAsync("base-1");
        await AssertPlacedAsync();

        await _silos.JoinAsync(Silo("pixels-1", Stage.Pixels));
        await _silos.LeaveAsync("text-1");
        await _silos.LeaveAsync("superres-pixels-1");
        await _silos.JoinAsync(Silo("base-3", Stage.Base));
        await _silos.LeaveAsync("base-2");
        await AssertPlacedAsync();
    }

    [Fact]
    public async Task Only_silos_of_a_model_have_its_queues()
    {
        await _silos.JoinAsync(Silo("first", Stage.Base) with { Models = [.. Models.Where((_, i) => i % 2 == 0)] });
        await _silos.JoinAsync(Silo("second", Stage.Base) with { Models = [.. Models.Where((_, i) => i % 2 == 1)] });
        await Task.WhenAll(Addresses.Where(a => a.Stage == Stage.Base).Select(a => _silos.TouchAsync(a.Key())));
        var places = await _silos.PlacesAsync(nameof(StageQueueGrain));
        Assert.Equal(250, places.Count);
        Assert.All(places, p => Assert.Contains(p.Key["base.".Length..], _silos.ByAddress[p.Silo].Models));
    }

    [Fact]
    public async Task A_silo_of_three_times_the_capacity_has_three_times_the_queues()
    {
        await _silos.JoinAsync(Silo("small", Stage.Base) with { Capacity = 8 });
        await _silos.JoinAsync(Silo("large", Stage.Base) with { Capacity = 24 });
        await Task.WhenAll(Addresses.Where(a => a.Stage == Stage.Base).Select(a => _silos.TouchAsync(a.Key())));
        var large = (await _silos.PlacesAsync(nameof(StageQueueGrain))).Count(p => _silos.ByAddress[p.Silo].Name == "large");
        // 187.5 of 250 are expected; 6.8 is the standard deviation.
        Assert.InRange(large, 160, 215);
    }

    private async Task AssertPlacedAsync()
    {
        await Task.WhenAll(Addresses.Select(a => _silos.TouchAsync(a.Key())));
        var places = await _silos.PlacesAsync(nameof(StageQueueGrain));
        Assert.Equal(Addresses.Select(a => a.Key()).Order(), places.Select(p => p.Key).Order());
        Assert.All(places, p => Assert.Contains(p.Key[..p.Key.IndexOf('.')], _silos.ByAddress[p.Silo].Stages.Select(s => s.Name())));
    }

    private static OrleansOptions Silo(string name, params Stage[] stages) => new() { Name = name, Stages = stages, Gateway = false, Models = Models };
}
