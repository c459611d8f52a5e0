using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>
/// The client of MuseCluster's HTTP API. It is for many calls and threads at once. Calls that may be repeated are, after
/// <see cref="MuseClientOptions.MaxRetries"/>; all throw <see cref="MuseApiException"/> where the server says no,
/// <see cref="MuseConnectionException"/> where it cannot be reached, and <see cref="TimeoutException"/> where it takes too long.
/// </summary>
public sealed class MuseClient : IDisposable
{
    private readonly HttpClient? _own;
    private readonly MuseHttp _http;

    /// <summary>Makes a client with connections of its own.</summary>
    /// <param name="options">Server, key and patience; those of a silo on this machine where null.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public MuseClient(MuseClientOptions? options = null)
        : this(new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan }, options ?? new()) =>
        _own = _http.Client;

    /// <summary>Makes a client on connections of the caller's, who disposes them.</summary>
    /// <param name="http">The connections; its own timeout holds besides that of the options, its base address is not used.</param>
    /// <param name="options">Server, key and patience.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public MuseClient(HttpClient http, MuseClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _http = new MuseHttp(http, options);
        (Images, Models, Files, Batches) = (new(_http), new(_http), new(_http), new(_http));
        (Jobs, Silos, Usage) = (new(_http, options), new(_http), new(_http));
    }

    /// <summary>Pictures, at once.</summary>
    public ImagesClient Images { get; }

    /// <summary>What is served.</summary>
    public ModelsClient Models { get; }

    /// <summary>Input and output of batches.</summary>
    public FilesClient Files { get; }

    /// <summary>Many requests as a file.</summary>
    public BatchesClient Batches { get; }

    /// <summary>Many requests with progress, pausing and retrying.</summary>
    public JobsClient Jobs { get; }

    /// <summary>The cluster's silos and queues.</summary>
    public SilosClient Silos { get; }

    /// <summary>What the tenant has used and may use.</summary>
    public UsageClient Usage { get; }

    /// <summary>Asks once, without a retry, whether a server answers, whatever it says.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="MuseConnectionException">Nothing answers.</exception>
    public async Task CheckAsync(CancellationToken cancellation = default)
    {
        try
        {
            var answer = await _http.OpenAsync(new MuseCall(HttpMethod.Get, "health") { MaxRetries = 0 }, cancellation).ConfigureAwait(false);
            await answer.DisposeAsync().ConfigureAwait(false);
        }
        catch (MuseApiException)
        {
            // Something is there; what is wrong with it, the calls that follow are told.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();
}
