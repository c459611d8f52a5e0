using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks;

/// <summary>
/// Reads the fields of a reference's <c>config.json</c> and collects what is wrong with them, so that one message says all.
/// A field that is absent or null has the reference's default; fields that nobody asks for are ignored.
/// </summary>
internal sealed class ConfigFields
{
    private readonly JsonElement root;
    private readonly List<(string Field, string Problem)> problems = [];

    private ConfigFields(JsonElement root) => this.root = root;

    /// <summary>Reads a whole document.</summary>
    /// <typeparam name="T">The configuration.</typeparam>
    /// <param name="root">The document.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="what">What the document should describe, such as <c>a CLIP text model</c>.</param>
    /// <param name="read">Makes the configuration of the fields.</param>
    /// <param name="check">What is wrong with a configuration: field, and a sentence with the field's name in it.</param>
    /// <exception cref="CheckpointException">Lists every field that is wrong.</exception>
    public static T Read<T>(
        JsonElement root, string file, string what, Func<ConfigFields, T> read, Func<T, IEnumerable<(string Field, string Problem)>> check)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(file, null, $"is a JSON {root.ValueKind}; expected an object");
        var fields = new ConfigFields(root);
        T config = read(fields);
        // The range of a field that could not be read would only repeat that it could not.
        foreach (var (field, problem) in check(config).ToList())
            if (!fields.problems.Exists(p => p.Field == field))
                fields.problems.Add((field, problem));
        return fields.problems.Count == 0
            ? config
            : throw new CheckpointException(file, null, $"is not {what}:", [.. fields.problems.Select(p => p.Problem)]);
    }

    /// <summary>Whether a field is there and not null, which Python writes for None.</summary>
    public bool Has(string name) => Find(name, out _);

    /// <summary>A whole number of 32 bits.</summary>
    public int Whole(string name, int fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : Wrong(name, value, "a whole number", fallback);
    }

    /// <summary>A whole number, or a list of one, as references write what could differ per level.</summary>
    public int WholeOrOnly(string name, int fallback)
    {
        if (!Find(name, out JsonElement value) || value.ValueKind != JsonValueKind.Array) return Whole(name, fallback);
        return value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.Number && value[0].TryGetInt32(out int number)
            ? number
            : Wrong(name, value, "a whole number or a list of one", fallback);
    }

    /// <summary>A number.</summary>
    public double Number(string name, double fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : Wrong(name, value, "a number", fallback);
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong(name, value, "true or false", fallback);
    }

    /// <summary>One of several words, each of which stands for a value.</summary>
    public T Choice<T>(string name, string fallback, params (string Word, T Value)[] choices)
    {
        string word = Text(name, fallback);
        foreach (var choice in choices)
            if (choice.Word == word)
                return choice.Value;
        problems.Add((name, $"{name} is {CheckpointException.Quote(word)}; expected {string.Join(" or ", choices.Select(c => $"'{c.Word}'"))}"));
        return choices[0].Value;
    }

    /// <summary>The words of a list of strings; none where the field is absent.</summary>
    public IReadOnlyList<string> Words(string name)
    {
        if (!Find(name, out JsonElement value)) return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : Wrong<IReadOnlyList<string>>(name, value, "a list of strings", []);
    }

    /// <summary>Refuses a field for what it holds.</summary>
    public void Refuse(string name, string problem) => problems.Add((name, problem));

    private string Text(string name, string fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }

    private bool Find(string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private T Wrong<T>(string name, JsonElement value, string expected, T fallback)
    {
        problems.Add((name, $"{name} is {CheckpointException.Quote(value.GetRawText())}; expected {expected}"));
        return fallback;
    }
}
