using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace MuseCluster.Client.Http;

/// <summary>A call, of which each attempt makes a message.</summary>
/// <param name="Method">GET, POST or DELETE.</param>
/// <param name="Path">The path and query, relative to the server; or a whole URL.</param>
internal sealed record MuseCall(HttpMethod Method, string Path)
{
    /// <summary>Makes the body for an attempt; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Makes a POST safe to repeat; null for one that is not repeated.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Whether the answer is server-sent events.</summary>
    public bool Events { get; init; }

    /// <summary>After which event a stream goes on; null for all of it.</summary>
    public string? LastEventId { get; init; }

    /// <summary>Whether the key goes along: not with a signed URL, which may lead elsewhere.</summary>
    public bool Authorized { get; init; } = true;

    /// <summary>How often it is tried again; null for as often as the options say.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Whether trying it twice does no more than trying it once.</summary>
    public bool Repeatable => Method != HttpMethod.Post || IdempotencyKey is not null;

    /// <summary>A POST of JSON.</summary>
    /// <typeparam name="T">The body's type.</typeparam>
    /// <param name="path">Where to.</param>
    /// <param name="body">The body.</param>
    /// <param name="type">How it is written.</param>
    public static MuseCall Post<T>(string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, path) { Content = () => JsonContent.Create(body, type) };

    /// <summary>Makes the message of an attempt.</summary>
    /// <param name="server">The server, with a slash at its end.</param>
    /// <param name="key">The tenant's key.</param>
    public HttpRequestMessage Message(Uri server, string? key)
    {
        // A path of the server's own stands below whatever path the server is served under.
        var message = new HttpRequestMessage(Method, new Uri(server, Path.TrimStart('/'))) { Content = Content?.Invoke() };
        if (key is not null && Authorized)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (IdempotencyKey is not null)
            message.Headers.Add("Idempotency-Key", IdempotencyKey);
        if (Events)
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (LastEventId is not null)
            message.Headers.Add("Last-Event-ID", LastEventId);
        return message;
    }
}
