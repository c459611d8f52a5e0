using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>How manifests are written as JSON: every field is there, and null only where the type says so.</summary>
internal static class ManifestJson
{
    /// <summary>The rules.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 16,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new ItemJson(), new StageJson() },
        // A request that leaves a field out would get today's default, not the one it was made with.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireRequests } },
    };

    /// <summary>Where reading failed, such as <c>timings[0].stage</c>; the whole manifest where that is not known.</summary>
    /// <param name="e">The failure.</param>
    public static string Field(JsonException e) => e.Path is { Length: > 2 } path ? path[2..] : "the document";

    private static void RequireRequests(JsonTypeInfo type)
    {
        if (type.Type == typeof(Generation.Pipelines.GenerationRequest))
            foreach (var property in type.Properties)
                // What is written only where it is not the default says so by its absence.
                property.IsRequired = property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), false) != true;
    }

    private sealed class ItemJson : JsonConverter<ItemId>
    {
        public override ItemId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String ? throw new JsonException("is no text, expected an item's id")
            : ItemId.TryParse(reader.GetString()!, out var id) ? id
            : throw new JsonException($"is '{reader.GetString()}', expected a job's 32 hexadecimal digits, '-' and an index");

        public override void Write(Utf8JsonWriter writer, ItemId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    private sealed class StageJson : JsonConverter<Stage>
    {
        public override Stage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String ? throw new JsonException("is no text, expected a stage")
            : StageNames.TryParse(reader.GetString()!, out var stage) ? stage
            : throw new JsonException($"is '{reader.GetString()}', expected one of {string.Join(", ", StageNames.All.Select(s => s.Name()))}");

        public override void Write(Utf8JsonWriter writer, Stage value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
    }
}
