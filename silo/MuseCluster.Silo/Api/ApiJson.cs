using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Silo.Api;

/// <summary>How answers are written.</summary>
internal static class ApiJson
{
    /// <summary>Snake case; enumerations by name.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Sets options.</summary>
    /// <param name="options">The options.</param>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        return options;
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Data">What is on it.</param>
/// <param name="HasMore">Whether there are more.</param>
public sealed record ListAnswer<T>(IReadOnlyList<T> Data, bool HasMore = false)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object => "list";
}
