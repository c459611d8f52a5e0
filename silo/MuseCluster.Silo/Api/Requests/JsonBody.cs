using System.Text.Json;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MuseCluster.Silo.Api.Requests;

/// <summary>Reads a request's body as JSON.</summary>
internal static class JsonBody
{
    /// <summary>Bytes of a body where a route says nothing else.</summary>
    public const long Small = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads the body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="largest">Most bytes.</param>
    /// <returns>The document; the caller disposes it.</returns>
    /// <exception cref="ApiException">It is no JSON.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext http, long largest = Small)
    {
        if (!http.Request.HasJsonContentType())
            throw ErrorAnswers.ContentType(http.Request);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = largest;
        try
        {
            return await JsonDocument.ParseAsync(http.Request.Body, Strict, http.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw NoJson(e);
        }
    }

    /// <summary>Reads a line of JSON.</summary>
    /// <param name="line">The line, UTF-8.</param>
    /// <returns>The document; the caller disposes it.</returns>
    /// <exception cref="ApiException">It is no JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line, Strict);
        }
        catch (JsonException e)
        {
            throw NoJson(e);
        }
    }

    private static ApiException NoJson(JsonException e) => ApiException.Invalid("body", $"is no JSON: {e.Message}", "invalid_json");
}
