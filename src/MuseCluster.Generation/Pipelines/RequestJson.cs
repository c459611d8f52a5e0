using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Generation.Pipelines;

/// <summary>How a <see cref="GenerationRequest"/> is written as JSON wherever it is kept: in pictures' files and in databases.</summary>
public static class RequestJson
{
    /// <summary>Camel case; members that a later version has added are skipped.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
