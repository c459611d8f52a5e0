using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Reads the fields of one JSON object of a manifest. A bad field becomes a line in the list of problems and a harmless
/// value, so that one reading finds everything.
/// </summary>
internal sealed class ManifestObject(JsonElement element, string path, List<string> problems)
{
    private const int MaxIdLength = 100;
    private const int MaxFiles = 1000;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    /// <summary>Where a field stands, such as <c>stages.base.weights</c>.</summary>
    public string PathOf(string field) => path.Length == 0 ? field : $"{path}.{field}";

    public void Report(string field, string problem) => problems.Add($"{PathOf(field)}: {problem}");

    public string Text(string field, bool required)
    {
        if (!Find(field, JsonValueKind.String, "text", required, out JsonElement value)) return "";
        string text = value.GetString()!;
        if (required && string.IsNullOrWhiteSpace(text)) Report(field, "must not be empty");
        return text;
    }

    /// <summary>A type id or schedule name; <paramref name="fallback"/> where the field is absent, or required if that is null.</summary>
    public string Id(string field, string? fallback = null)
    {
        if (!Find(field, JsonValueKind.String, "text", fallback is null, out JsonElement value)) return fallback ?? "";
        string id = value.GetString()!;
        if (id.Length is 0 or > MaxIdLength || !id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            Report(field, $"must be 1 to {MaxIdLength} lower-case letters, digits, '-' or '_', found {CheckpointException.Quote(id)}");
        return id;
    }

    public string Name(string field)
    {
        if (!Find(field, JsonValueKind.String, "text", required: true, out JsonElement value)) return "";
        string name = value.GetString()!;
        if (name.Length is 0 or > MaxIdLength || name[0] == '.' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            Report(field, $"must be 1 to {MaxIdLength} letters, digits, '-', '_' or '.', not starting with '.', found {CheckpointException.Quote(name)}");
        return name;
    }

    public int Integer(string field, int fallback, int least, int most)
    {
        if (!Find(field, JsonValueKind.Number, "an integer", required: false, out JsonElement value)) return fallback;
        if (value.TryGetInt32(out int number) && number >= least && number <= most) return number;
        Report(field, $"must be an integer from {least} to {most}, found {Raw(value)}");
        return fallback;
    }

    public double Number(string field, double fallback, double least, double most)
    {
        if (!Find(field, JsonValueKind.Number, "a number", required: false, out JsonElement value)) return fallback;
        if (value.TryGetDouble(out double number) && number >= least && number <= most) return number;
        Report(field, $"must be a number from {least} to {most}, found {Raw(value)}");
        return fallback;
    }

    /// <summary>File names, at least one, none twice, all in the model's folder.</summary>
    public IReadOnlyList<string> Files(string field)
    {
        var files = new List<string>();
        if (!Find(field, JsonValueKind.Array, "a list of file names", required: true, out JsonElement value)) return files;
        if (value.GetArrayLength() > MaxFiles)
        {
            Report(field, $"lists {value.GetArrayLength()} files; the most is {MaxFiles}");
            return files;
        }

        foreach (JsonElement item in value.EnumerateArray())
        {
            string at = $"{field}[{files.Count}]";
            string file = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            if (item.ValueKind != JsonValueKind.String) Report(at, $"must be a file name, found {Found(item.ValueKind)}");
            else if (ContainedPath.ProblemOfPath(file) is { } problem) Report(at, $"file name {CheckpointException.Quote(file)} {problem}");
            else if (files.Contains(file)) Report(at, $"lists {CheckpointException.Quote(file)} twice");
            files.Add(file);
        }

        if (files.Count == 0) Report(field, "must list at least one file");
        return files;
    }

    public bool Object(string field, bool required, out JsonElement value) =>
        Find(field, JsonValueKind.Object, "an object", required, out value);

    public ManifestObject? Child(string field, bool required) =>
        Object(field, required, out JsonElement value) ? new ManifestObject(value, PathOf(field), problems) : null;

    /// <summary>Reports every field that nobody asked for: a misspelt option must not pass for its default.</summary>
    public void ReportUnknown()
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                problems.Add($"{PathOf(CheckpointException.Quote(property.Name))}: unknown field; known are {string.Join(", ", known)}");
        }
    }

    private bool Find(string field, JsonValueKind kind, string form, bool required, out JsonElement value)
    {
        known.Add(field);
        if (!element.TryGetProperty(field, out value))
        {
            if (required) Report(field, $"is missing; expected {form}");
            return false;
        }

        if (value.ValueKind == kind) return true;
        Report(field, $"must be {form}, found {Found(value.ValueKind)}");
        return false;
    }

    private static string Found(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Raw(JsonElement number)
    {
        string raw = number.GetRawText();
        return raw.Length > 40 ? raw[..40] + "..." : raw;
    }
}
