using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks;

/// <summary>
/// Reads the fields of a reference's <c>config.json</c> and collects what is wrong with them, so that one message says all.
/// Fields that do not bear on the network are ignored; fields that would change it in a way that is not built are refused.
/// </summary>
internal sealed class ConfigFields
{
    private const int MaxFileBytes = 1 << 20;
    private readonly JsonElement root;
    private readonly string prefix;
    private readonly ConfigProblems problems;

    private ConfigFields(JsonElement root, string prefix, ConfigProblems problems) => (this.root, this.prefix, this.problems) = (root, prefix, problems);

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">What the file must be of, for messages.</param>
    /// <param name="read">Makes the configuration.</param>
    /// <param name="check">Notes what is wrong with it.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a configuration; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Read<T>(string path, string network, Func<ConfigFields, T> read, Action<T, ConfigProblems> check)
    {
        using JsonDocument document = JsonFile.Read(path, MaxFileBytes);
        return Read(document.RootElement, path, network, read, check);
    }

    /// <summary>Reads a parsed file; as the other overload.</summary>
    public static T Read<T>(JsonElement root, string path, string network, Func<ConfigFields, T> read, Action<T, ConfigProblems> check)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(path, null, $"is a JSON {root.ValueKind}; expected an object");
        var problems = new ConfigProblems();
        T config = read(new ConfigFields(root, "", problems));
        check(config, problems);
        problems.Throw(path, network);
        return config;
    }

    /// <summary>The fields of an object within this one; empty where it is missing, which is noted.</summary>
    public ConfigFields Object(string name)
    {
        if (!Find(name, out JsonElement value)) problems.Add(prefix + name, $"{prefix}{name} is missing");
        else if (value.ValueKind != JsonValueKind.Object) Wrong<object>(name, value, "an object");
        return new ConfigFields(value.ValueKind == JsonValueKind.Object ? value : default, $"{prefix}{name}.", problems);
    }

    /// <summary>A whole number that must be there.</summary>
    public int Whole(string name)
    {
        if (!Find(name, out _)) problems.Add(prefix + name, $"{prefix}{name} is missing");
        return Whole(name, 0);
    }

    /// <summary>A whole number.</summary>
    public int Whole(string name, int fallback) => OptionalWhole(name) ?? fallback;

    /// <summary>A whole number, or null where there is none.</summary>
    public int? OptionalWhole(string name)
    {
        if (!Find(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : Wrong<int?>(name, value, "a whole number");
    }

    /// <summary>A whole number, or a list of one, as references write what could differ per level.</summary>
    public int WholeOrOnly(string name, int fallback)
    {
        if (!Find(name, out JsonElement value) || value.ValueKind != JsonValueKind.Array) return Whole(name, fallback);
        return value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.Number && value[0].TryGetInt32(out int number)
            ? number
            : Wrong<int?>(name, value, "a whole number or a list of one") ?? fallback;
    }

    /// <summary>A number.</summary>
    public double Number(string name, double fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : Wrong<double>(name, value, "a number");
    }

    /// <summary>A truth value.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool>(name, value, "true or false");
    }

    /// <summary>A list of whole numbers, or null where there is none. One number stands for a list of it.</summary>
    public IReadOnlyList<int>? WholeList(string name)
    {
        if (!Find(name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int single)) return [single];
        var list = new List<int>();
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number)) list.Add(number);
            if (list.Count == value.GetArrayLength()) return list;
        }

        return Wrong<IReadOnlyList<int>>(name, value, "a list of whole numbers");
    }

    /// <summary>A list of texts, each one of those known, or null where there is none.</summary>
    public IReadOnlyList<string>? TextList(string name, params string[] known)
    {
        if (!Find(name, out JsonElement value)) return null;
        var list = new List<string>();
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                if (item.ValueKind == JsonValueKind.String && known.Contains(item.GetString())) list.Add(item.GetString()!);
            if (list.Count == value.GetArrayLength()) return list;
        }

        return Wrong<IReadOnlyList<string>>(name, value, $"a list of {Alternatives(known)}");
    }

    /// <summary>The words of a list of texts; none where there is no list.</summary>
    public IReadOnlyList<string> Words(string name)
    {
        if (!Find(name, out JsonElement value)) return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : Wrong<IReadOnlyList<string>>(name, value, "a list of strings") ?? [];
    }

    /// <summary>One of several words, each of which stands for a value. Where there is none, the first is meant.</summary>
    public T Choice<T>(string name, params (string Word, T Value)[] choices)
    {
        if (!Find(name, out JsonElement value)) return choices[0].Value;
        string word = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        foreach (var choice in choices)
            if (choice.Word == word)
                return choice.Value;
        Refuse(name, $"is {CheckpointException.Quote(word)}; expected {Alternatives([.. choices.Select(c => c.Word)])}");
        return choices[0].Value;
    }

    /// <summary>Notes a field for what it holds.</summary>
    /// <param name="name">The field.</param>
    /// <param name="problem">What follows its name in a sentence.</param>
    public void Refuse(string name, string problem) => problems.Add(prefix + name, $"{prefix}{name} {problem}");

    /// <summary>Notes a text that is not one of those known. Where there is none, the first is meant.</summary>
    public void Only(string name, params string[] known)
    {
        if (Find(name, out JsonElement value) && (value.ValueKind != JsonValueKind.String || !known.Contains(value.GetString())))
            Wrong<string>(name, value, Alternatives(known));
    }

    /// <summary>Notes a field that has any value: the reference knows it and this build does not.</summary>
    public void None(string name)
    {
        if (Find(name, out JsonElement value)) Wrong<object>(name, value, "none: it is not supported");
    }

    /// <summary>Notes a truth value that is not the one that is built.</summary>
    /// <param name="name">The field.</param>
    /// <param name="built">The value that is.</param>
    /// <param name="fallback">What the reference takes it for where it is missing.</param>
    public void OnlyFlag(string name, bool built, bool fallback)
    {
        if (Flag(name, fallback) != built)
            problems.Add(prefix + name, $"{prefix}{name} is {(built ? "false" : "true")}{(Find(name, out _) ? "" : " where it is missing")}; expected {(built ? "true" : "false")}");
    }

    private static string Alternatives(string[] known) => string.Join(" or ", known.Select(CheckpointException.Quote));

    // Python writes None as null, and means the default by it.
    private bool Find(string name, out JsonElement value)
    {
        value = default;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private T? Wrong<T>(string name, JsonElement value, string expected)
    {
        problems.Add(prefix + name, $"{prefix}{name} is {CheckpointException.Quote(value.GetRawText())}; expected {expected}");
        return default;
    }
}
