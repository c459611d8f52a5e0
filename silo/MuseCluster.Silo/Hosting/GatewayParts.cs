using System.Security.Cryptography;
using MuseCluster.Silo.Api;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Batches;
using MuseCluster.Silo.Api.Images;
using MuseCluster.Silo.Api.Jobs;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Hosting;

/// <summary>What runs behind the API, as long as the silo serves as a gateway.</summary>
internal sealed class GatewayParts : IAsyncDisposable
{
    private readonly Retention _retention;
    private readonly BatchWorker _batches;

    private GatewayParts(Gateway gateway, Retention retention, BatchWorker batches) => (Gateway, _retention, _batches) = (gateway, retention, batches);

    /// <summary>What the routes work with.</summary>
    public Gateway Gateway { get; }

    /// <summary>Starts all.</summary>
    /// <param name="name">The silo's name.</param>
    /// <param name="resources">What the silo works with.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public static async Task<GatewayParts> OpenAsync(string name, SiloResources resources, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var secret = await resources.Ledger.GetSecretAsync(SignedUrls.SecretName, RandomNumberGenerator.GetBytes(32), cancellation).ConfigureAwait(false);
        var gateway = new Gateway(
            resources.Ledger, resources.Mesh, resources.Artifacts, resources.Models, time, time.GetUtcNow(),
            new ItemEvents(resources.Mesh, time, loggers.CreateLogger<ItemEvents>()), new SignedUrls(secret, time), new Previews(resources.Models));
        return new GatewayParts(
            gateway, new Retention(resources.Ledger, resources.Artifacts, time, loggers.CreateLogger<Retention>()), new BatchWorker(gateway, name, loggers.CreateLogger<BatchWorker>()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _retention.DisposeAsync().ConfigureAwait(false);
        await _batches.DisposeAsync().ConfigureAwait(false);
        await Gateway.Events.DisposeAsync().ConfigureAwait(false);
        Gateway.Previews.Dispose();
    }
}
