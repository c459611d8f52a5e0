using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks;

/// <summary>
/// Reads the fields of a reference's <c>config.json</c> and collects what is wrong with them, so that one message says all.
/// Fields that are not asked for are ignored.
/// </summary>
internal sealed class ReferenceConfigFields
{
    private readonly JsonElement root;
    private readonly string file;
    private readonly List<(string Field, string Problem)> problems = [];

    /// <summary>Reads from a document.</summary>
    /// <exception cref="CheckpointException">It is not an object.</exception>
    public ReferenceConfigFields(JsonElement root, string file)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(file, null, $"is a JSON {root.ValueKind}; expected an object");
        (this.root, this.file) = (root, file);
    }

    /// <summary>Adds the problems of how fields go together, then refuses the file if there is any.</summary>
    /// <param name="summary">What the file is not.</param>
    /// <param name="more">Fields and sentences; those of fields that could not be read would only repeat that.</param>
    /// <exception cref="CheckpointException">Lists every field that is wrong.</exception>
    public void Check(string summary, IReadOnlyList<(string Field, string Problem)> more)
    {
        string[] unread = [.. problems.Select(p => p.Field)];
        problems.AddRange(more.Where(p => !unread.Contains(p.Field)));
        if (problems.Count > 0) throw new CheckpointException(file, null, summary, [.. problems.Select(p => p.Problem)]);
    }

    /// <summary>A whole number that must be there.</summary>
    public int Required(string name)
    {
        if (!Find(name, out _)) problems.Add((name, $"{name} is missing"));
        return Whole(name) ?? 0;
    }

    /// <summary>A whole number; null where there is none.</summary>
    public int? Whole(string name)
    {
        if (!Find(name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return number;
        return Wrong<int?>(name, value, "a whole number");
    }

    /// <summary>A number.</summary>
    public double Number(string name, double fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : Wrong<double>(name, value, "a number");
    }

    /// <summary>True or false; null where there is neither.</summary>
    public bool? Flag(string name)
    {
        if (!Find(name, out JsonElement value)) return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool?>(name, value, "true or false");
    }

    /// <summary>One of some texts; the fallback where there is none.</summary>
    public string OneOf(string name, string fallback, params string[] expected)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        if (value.ValueKind == JsonValueKind.String && expected.Contains(value.GetString(), StringComparer.Ordinal)) return value.GetString()!;
        Wrong<string>(name, value, string.Join(" or ", expected.Select(text => $"\"{text}\"")));
        return fallback;
    }

    // Python writes None as null, and means the default by it.
    private bool Find(string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private T? Wrong<T>(string name, JsonElement value, string expected)
    {
        problems.Add((name, $"{name} is {CheckpointException.Quote(value.GetRawText())}; expected {expected}"));
        return default;
    }
}
