using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Generation.Pipelines;

/// <summary>How a <see cref="GenerationRequest"/> is written as JSON wherever it is kept: in pictures' files and in databases.</summary>
public static class RequestJson
{
    /// <summary>Camel case; members that a later version has added are skipped, and nothing is null that must not be.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
