using System.Text.Encodings.Web;
using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Writes a manifest as indented JSON. It writes what it is given: <see cref="ModelManifest.Save"/> reads the result back,
/// so the reader's checks are the only ones.
/// </summary>
internal static class ManifestWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(ModelManifest manifest)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", ModelManifest.CurrentVersion);
            json.WriteString("name", manifest.Name);
            json.WriteString("description", manifest.Description);
            json.WriteString("licence", manifest.Licence);
            json.WriteStartObject("stages");
            foreach (var (name, stage) in manifest.Stages) WriteStage(json, name, stage);
            json.WriteEndObject();
            WriteDefaults(json, manifest.Defaults);
            json.WriteStartObject("sha256");
            foreach (var (file, hash) in manifest.Sha256.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(file, hash);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteStage(Utf8JsonWriter json, string name, StageManifest stage)
    {
        json.WriteStartObject(name);
        json.WriteString("network", stage.Network);
        WriteFiles(json, "weights", stage.Weights);
        if (stage.Tokenizer is { } tokenizer)
        {
            json.WriteStartObject("tokenizer");
            json.WriteString("kind", tokenizer.Kind);
            WriteFiles(json, "files", tokenizer.Files);
            json.WriteEndObject();
        }

        json.WritePropertyName("config");
        if (stage.Config.ValueKind == JsonValueKind.Undefined) json.WriteNullValue();
        else stage.Config.WriteTo(json);
        json.WriteEndObject();
    }

    private static void WriteDefaults(Utf8JsonWriter json, GenerationDefaults defaults)
    {
        json.WriteStartObject("defaults");
        json.WriteNumber("steps", defaults.Steps);
        json.WriteNumber("srSteps", defaults.SrSteps);
        if (defaults.Rule != GenerationDefaults.MuseRule)
        {
            json.WriteString("rule", defaults.Rule);
            WriteNumber(json, "finalTemperature", defaults.FinalTemperature);
        }

        WriteNumber(json, "guidance", defaults.Guidance);
        WriteNumber(json, "srGuidance", defaults.SrGuidance);
        WriteNumber(json, "minP", defaults.MinP);
        WriteNumber(json, "temperature", defaults.Temperature);
        json.WriteString("schedule", defaults.Schedule);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string field, double value)
    {
        // JSON has no NaN or infinity; as text they reach the reader, which refuses them by field.
        if (double.IsFinite(value)) json.WriteNumber(field, value);
        else json.WriteString(field, value.ToString());
    }

    private static void WriteFiles(Utf8JsonWriter json, string field, IReadOnlyList<string> files)
    {
        json.WriteStartArray(field);
        foreach (string file in files) json.WriteStringValue(file);
        json.WriteEndArray();
    }
}
