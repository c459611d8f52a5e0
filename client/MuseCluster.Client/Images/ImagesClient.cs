using System.Runtime.CompilerServices;
using System.Text.Json;
using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Makes pictures at once.</summary>
public sealed class ImagesClient
{
    private const string Path = "v1/images/generations";
    private readonly MuseHttp _http;

    internal ImagesClient(MuseHttp http) => _http = http;

    /// <summary>Makes pictures and waits for them.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="idempotencyKey">Gives the first answer once more when a call is repeated; a new one where null.</param>
    /// <param name="cancellation">Gives up waiting. The pictures are made nevertheless, since a repeated call could ask for them.</param>
    public Task<ImageResult> GenerateAsync(ImageRequest request, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        _http.ReadAsync(Call(new ImageBody(request), idempotencyKey), MuseJson.Default.ImageResult, cancellation);

    /// <summary>Makes pictures and gives each, and previews of it, as soon as there is one.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="idempotencyKey">Makes the call repeatable until the stream begins; a new one where null.</param>
    /// <param name="cancellation">Gives up waiting; the pictures are made nevertheless.</param>
    public async IAsyncEnumerable<ImageEvent> StreamAsync(ImageRequest request, string? idempotencyKey = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var stream = await _http.OpenAsync(Call(new ImageBody(request) { Stream = true }, idempotencyKey) with { Events = true }, cancellation).ConfigureAwait(false);
        await using var disposing = stream.ConfigureAwait(false);
        // Previews may be far apart, and nothing is promised between them: only the caller knows how long to wait.
        await foreach (var sent in EventStream.ReadAsync(_http, stream, Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ConfigureAwait(false))
            if (sent.Data.StartsWith('{') && ImageEvent.From(Read(sent.Data, sent.EventType)) is { } happened)
                yield return happened;
    }

    /// <summary>Opens a picture or manifest by the URL that the server gave.</summary>
    /// <param name="url">The URL, whole or only its path.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The file; the caller disposes it.</returns>
    public Task<Stream> OpenAsync(string url, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        return _http.OpenAsync(new MuseCall(HttpMethod.Get, url) { Authorized = false }, cancellation);
    }

    private static MuseCall Call(ImageBody body, string? key) => MuseCall.Post(Path, body, MuseJson.Default.ImageBody) with { IdempotencyKey = key ?? IdempotencyKeys.New() };

    private static ImageEventBody Read(string data, string type)
    {
        var body = JsonSerializer.Deserialize(data, MuseJson.Default.ImageEventBody)!;
        return body.Type is null ? body with { Type = type } : body;
    }
}
