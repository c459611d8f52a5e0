using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using MuseCluster.Cluster.Orleans.Grains;
using MuseCluster.LocalCluster.Processes;
using Orleans;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans.Tests.Placement;

/// <summary>Silos of one cluster in this process, the first of which has the membership.</summary>
internal sealed class LocalSilos : IAsyncDisposable
{
    private readonly int _primary = FreePort.Take();
    private readonly Dictionary<string, (OrleansOptions Options, IHost Host)> _silos = [];

    /// <summary>The silos by their addresses.</summary>
    public IReadOnlyDictionary<SiloAddress, OrleansOptions> ByAddress => _silos.Values.ToDictionary(s => AddressOf(s.Host), s => s.Options);

    private IGrainFactory Grains => _silos.First().Value.Host.Services.GetRequiredService<IGrainFactory>();

    public async Task JoinAsync(OrleansOptions options)
    {
        options = options with { Cluster = $"c{_primary}", Primary = _primary };
        _silos.Add(options.Name, (options, await OrleansSilo.JoinAsync(options, TimeProvider.System, NullLoggerFactory.Instance, default)));
    }

    public async Task LeaveAsync(string name)
    {
        if (!_silos.Remove(name, out var silo))
            throw new ArgumentException($"there is no silo {name}");
        await silo.Host.StopAsync();
        silo.Host.Dispose();
    }

    /// <summary>Makes sure that a queue is active somewhere, however long a place for it takes.</summary>
    public async Task TouchAsync(string key)
    {
        for (var tries = 0; ; tries++)
            try
            {
                await Grains.Queue(key).GetDepthAsync();
                return;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException && tries < 50)
            {
                await Task.Delay(100);
            }
    }

    /// <summary>Where the activations of a class of grains are.</summary>
    public async Task<IReadOnlyList<(string Key, SiloAddress Silo)>> PlacesAsync(string grainClass) =>
        [.. (await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Where(s => s.GrainType.Contains(grainClass, StringComparison.Ordinal)).Select(s => (s.GrainId.Key.ToString()!, s.SiloAddress))];

    public static SiloAddress AddressOf(IHost host) => host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _silos.Keys.Reverse().ToList())
            await LeaveAsync(name);
    }
}
