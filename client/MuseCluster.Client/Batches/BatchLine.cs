using System.Text.Json;
using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>A line of a batch's input.</summary>
/// <param name="CustomId">By which its answer is found.</param>
/// <param name="Body">What to make.</param>
public sealed record BatchLine(string CustomId, ImageRequest Body)
{
    /// <summary>The HTTP method.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Where it goes.</summary>
    public string Url { get; init; } = BatchesClient.Endpoint;

    /// <summary>The line, without its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MuseJson.Default.BatchLine);
}

/// <summary>A line of a batch's output.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CustomId">The input line's.</param>
/// <param name="Response">The answer; null where there is none.</param>
/// <param name="Error">Why there is none.</param>
public sealed record BatchAnswer(string? Id, string CustomId, BatchResponse? Response, BatchError? Error)
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="JsonException">It is none.</exception>
    public static BatchAnswer Parse(string line) => JsonSerializer.Deserialize(line, MuseJson.Default.BatchAnswer) ?? throw new JsonException("null is no line of a batch's output");
}

/// <summary>The answer to a line.</summary>
/// <param name="StatusCode">As of HTTP.</param>
/// <param name="RequestId">Its id.</param>
/// <param name="Body">The pictures; other fields are empty where the line was refused.</param>
public sealed record BatchResponse(int StatusCode, string? RequestId, JsonElement Body)
{
    /// <summary>The pictures.</summary>
    /// <exception cref="JsonException">The line was refused.</exception>
    public ImageResult Images() => Body.Deserialize(MuseJson.Default.ImageResult) ?? throw new JsonException("null is no answer");
}
