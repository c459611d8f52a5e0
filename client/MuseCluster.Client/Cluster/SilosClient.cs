using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Shows the cluster.</summary>
public sealed class SilosClient
{
    private readonly MuseHttp _http;

    internal SilosClient(MuseHttp http) => _http = http;

    /// <summary>Silos, queues and what the tenant has waiting.</summary>
    /// <param name="cancellation">Gives up.</param>
    public Task<ClusterInfo> GetAsync(CancellationToken cancellation = default) => _http.GetAsync("v1/silos", MuseJson.Default.ClusterInfo, cancellation);
}
