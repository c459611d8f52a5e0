using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MuseCluster.Client.Http;

/// <summary>Makes calls: attempts, retries, errors.</summary>
internal sealed class MuseHttp
{
    private readonly MuseClientOptions _options;
    private readonly Uri _server;

    /// <summary>Keeps what calls need.</summary>
    /// <param name="client">The connections.</param>
    /// <param name="options">Valid options.</param>
    public MuseHttp(HttpClient client, MuseClientOptions options)
    {
        (Client, _options) = (client, options);
        var path = options.Server.AbsolutePath.TrimEnd('/');
        if (path.EndsWith("/v1", StringComparison.Ordinal))
            path = path[..^3];
        _server = new Uri(options.Server, path + "/");
    }

    /// <summary>The connections.</summary>
    public HttpClient Client { get; }

    /// <summary>Gets JSON.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="path">From where.</param>
    /// <param name="type">How it is read.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) => ReadAsync(new MuseCall(HttpMethod.Get, path), type, cancellation);

    /// <summary>Makes a call that is answered with JSON.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<T> ReadAsync<T>(MuseCall call, JsonTypeInfo<T> type, CancellationToken cancellation) => SendAsync(call, async (response, token) =>
    {
        using (response)
        {
            try
            {
                return await response.Content.ReadFromJsonAsync(type, token).ConfigureAwait(false) ?? throw new JsonException("null");
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                throw new MuseApiException(response.StatusCode, new ApiError($"{call.Method} {response.RequestMessage!.RequestUri} was answered with what is no {typeof(T).Name}: {e.Message} Is a MuseCluster silo there?"));
            }
        }
    }, cancellation);

    /// <summary>Makes a call that is answered with a stream, which the caller disposes.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Gives up before the stream begins.</param>
    public Task<Stream> OpenAsync(MuseCall call, CancellationToken cancellation) =>
        SendAsync(call, static (response, token) => response.Content.ReadAsStreamAsync(token), cancellation);

    /// <summary>Makes a call, again where that may help.</summary>
    /// <typeparam name="T">What the answer gives.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="read">Reads a good answer, which is its own to dispose.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<T> SendAsync<T>(MuseCall call, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        var retries = call.Repeatable ? call.MaxRetries ?? _options.MaxRetries : 0;
        for (var attempt = 0; ; attempt++)
        {
            TimeSpan wait;
            try
            {
                return await AttemptAsync(call, read, cancellation).ConfigureAwait(false);
            }
            catch (MuseApiException e) when (attempt < retries && Passes(e.Status) && !(e.RetryAfter > _options.MaxRetryDelay))
            {
                wait = Backoff.Delay(_options, attempt, e.RetryAfter);
            }
            catch (MuseConnectionException) when (attempt < retries)
            {
                wait = Backoff.Delay(_options, attempt);
            }
            await Task.Delay(wait, _options.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a refusal may be none a little later.</summary>
    /// <param name="status">The status.</param>
    public static bool Passes(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>What a broken connection is called.</summary>
    /// <param name="cause">What happened.</param>
    public MuseConnectionException Broken(Exception cause) => new(_server, cause);

    private async Task<T> AttemptAsync<T>(MuseCall call, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var message = call.Message(_server, _options.Key);
            var response = await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return await read(response, either.Token).ConfigureAwait(false);
            using (response)
                throw await ErrorAnswer.ReadAsync(response, _options.Time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{call.Method} {new Uri(_server, call.Path)} was not answered within {_options.Timeout}.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Broken(e);
        }
    }
}
