using System.Text.Json.Serialization;

namespace MuseCluster.Client;

/// <summary>Pictures that were made.</summary>
/// <param name="Created">When.</param>
/// <param name="Data">The pictures, in order.</param>
/// <param name="OutputFormat">Their format, <c>png</c>.</param>
/// <param name="Size">Their size, such as <c>256x256</c>.</param>
/// <param name="Job">The job that made them.</param>
public sealed record ImageResult(DateTimeOffset Created, IReadOnlyList<Image> Data, string? OutputFormat, string? Size, string? Job);

/// <summary>A picture.</summary>
/// <param name="B64Json">The file in base64, where it was asked for.</param>
/// <param name="Url">Where the file is for an hour, where that was asked for.</param>
/// <param name="Seed">Its seed.</param>
public sealed record Image([property: JsonPropertyName("b64_json")] string? B64Json, string? Url, ulong? Seed)
{
    /// <summary>The file; null where only its URL was asked for.</summary>
    public byte[]? ToBytes() => B64Json is null ? null : Convert.FromBase64String(B64Json);
}
