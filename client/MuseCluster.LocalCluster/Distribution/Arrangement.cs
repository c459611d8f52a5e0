using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.LocalCluster.Distribution;

/// <summary>A way to spread the stages over processes, running.</summary>
internal sealed class Arrangement : IAsyncDisposable
{
    private readonly IArtifactStore _artifacts;

    private Arrangement(string name, DevelopmentCluster cluster, SqlLedger ledger) =>
        (Name, Cluster, Ledger, _artifacts) = (name, cluster, ledger, ArtifactStores.Open(cluster.Blobs));

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Its servers and silos.</summary>
    public DevelopmentCluster Cluster { get; }

    /// <summary>Its ledger.</summary>
    public SqlLedger Ledger { get; }

    /// <summary>Starts its servers and silos.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="options">What it is made of.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public static async Task<Arrangement> StartAsync(string name, DevelopmentClusterOptions options, CancellationToken cancellation)
    {
        var cluster = new DevelopmentCluster(options);
        try
        {
            await cluster.StartServersAsync(null, cancellation).ConfigureAwait(false);
            await cluster.StartSilosAsync(null, cancellation).ConfigureAwait(false);
            return new Arrangement(name, cluster, await SqlLedger.OpenAsync(cluster.Ledger, TimeProvider.System, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads what was stored of a picture.</summary>
    /// <param name="item">The item, done.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<PictureManifest> ManifestAsync(ItemStatus item, CancellationToken cancellation)
    {
        await using var artifact = await _artifacts.OpenAsync(ArtifactName.Parse(item.Result!), cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException($"{item.Result} is missing");
        return PictureManifest.Parse(await artifact.ReadAllAsync(cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync().ConfigureAwait(false);
        await Cluster.DisposeAsync().ConfigureAwait(false);
    }
}
