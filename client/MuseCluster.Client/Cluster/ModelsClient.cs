using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Tells what is served.</summary>
public sealed class ModelsClient
{
    private readonly MuseHttp _http;

    internal ModelsClient(MuseHttp http) => _http = http;

    /// <summary>All models that the tenant may use.</summary>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellation = default) =>
        (await _http.GetAsync("v1/models", MuseJson.Default.PageModelInfo, cancellation).ConfigureAwait(false)).Data;

    /// <summary>A model.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ModelInfo> GetAsync(string id, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return _http.GetAsync($"v1/models/{Uri.EscapeDataString(id)}", MuseJson.Default.ModelInfo, cancellation);
    }
}
