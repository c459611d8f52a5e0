using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Silo.Api;

namespace MuseCluster.Silo.Hosting;

/// <summary>What the health endpoints look at.</summary>
internal sealed class SiloProbe
{
    private SiloResources? _resources;
    private volatile bool _draining;

    /// <summary>The silo, once it serves.</summary>
    public SiloHost? Silo { get; private set; }

    /// <summary>Whether all is as it should be with the process itself: nothing that only a new one mends.</summary>
    public bool Alive => Silo?.Completion.IsFaulted != true;

    /// <summary>What the routes of the API work with, once the silo serves as a gateway.</summary>
    public Gateway? Gateway { get; private set; }

    /// <summary>The silo serves from now on.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="resources">What it works with.</param>
    /// <param name="gateway">What the API works with; null where the silo is no gateway.</param>
    public void Serve(SiloHost silo, SiloResources resources, Gateway? gateway) => (_resources, Silo, Gateway) = (resources, silo, gateway);

    /// <summary>The silo takes nothing more in from now on.</summary>
    public void Drain() => _draining = true;

    /// <summary>Why the silo cannot take items in now; null where it can.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<string?> UnreadyAsync(CancellationToken cancellation)
    {
        if (_resources is not { } resources)
            return "starting";
        if (_draining)
            return "draining";
        try
        {
            await resources.Ledger.GetTenantsAsync(cancellation).ConfigureAwait(false);
            await resources.Mesh.GetDepthsAsync(cancellation).ConfigureAwait(false);
            return Alive ? null : "a grain has died";
        }
        catch (Exception e) when (e is LedgerException or MeshException)
        {
            return e.Message;
        }
    }
}
