using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Works off files of requests.</summary>
public sealed class BatchesClient
{
    /// <summary>Where lines of a batch go.</summary>
    public const string Endpoint = "/v1/images/generations";

    private const string Path = "v1/batches";
    private readonly MuseHttp _http;

    internal BatchesClient(MuseHttp http) => _http = http;

    /// <summary>Makes a batch of an uploaded file.</summary>
    /// <param name="request">The file and how it is worked off.</param>
    /// <param name="idempotencyKey">Gives the first answer once more when a call is repeated; a new one where null.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Batch> CreateAsync(BatchRequest request, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        _http.ReadAsync(MuseCall.Post(Path, request, MuseJson.Default.BatchRequest) with { IdempotencyKey = idempotencyKey ?? IdempotencyKeys.New() }, MuseJson.Default.Batch, cancellation);

    /// <summary>A batch as it is now.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Batch> GetAsync(string id, CancellationToken cancellation = default) => _http.GetAsync(Of(id), MuseJson.Default.Batch, cancellation);

    /// <summary>All batches, the newest first.</summary>
    /// <param name="pageSize">How many to ask for at once; null for as many as the server thinks fit.</param>
    /// <param name="cancellation">Gives up.</param>
    public IAsyncEnumerable<Batch> ListAsync(int? pageSize = null, CancellationToken cancellation = default) =>
        Page<Batch>.ListAsync(_http, Path, pageSize, null, b => b.Id, MuseJson.Default.PageBatch, cancellation);

    /// <summary>Ends a batch; what is done stays.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Batch> CancelAsync(string id, CancellationToken cancellation = default) =>
        _http.ReadAsync(new MuseCall(HttpMethod.Post, $"{Of(id)}/cancel"), MuseJson.Default.Batch, cancellation);

    private static string Of(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return $"{Path}/{Uri.EscapeDataString(id)}";
    }
}
