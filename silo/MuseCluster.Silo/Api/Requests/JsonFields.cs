using System.Globalization;
using System.Text.Json;
using MuseCluster.Silo.Api.Errors;

namespace MuseCluster.Silo.Api.Requests;

/// <summary>Reads the fields of a JSON object; each that is wrong is named, and so is one that nobody asked for.</summary>
internal sealed class JsonFields
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Reads an object.</summary>
    /// <param name="element">The object.</param>
    /// <param name="path">What precedes the names of its fields in messages: empty, or as in <c>requests[3].</c></param>
    /// <exception cref="ApiException">It is no object.</exception>
    public JsonFields(JsonElement element, string path = "")
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid(path.Length == 0 ? "body" : path.TrimEnd('.'), $"is {Kind(element)}, expected an object");
        (_object, _path) = (element, path);
    }

    /// <summary>A field's name as messages tell it.</summary>
    /// <param name="name">The field.</param>
    public string Path(string name) => _path + name;

    /// <summary>A field; null where it is missing or null.</summary>
    /// <param name="name">The field.</param>
    public JsonElement? Find(string name)
    {
        _read.Add(name);
        return _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A text; null where it is missing or null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="longest">Most characters.</param>
    public string? Text(string name, int longest)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong(name, $"is {Kind(value)}, expected a string");
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "has half a surrogate pair, expected Unicode text");
        }
        if (text.Length > longest)
            throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters, expected at most {longest}"));
        return text.Contains('\0') ? throw Wrong(name, "has a NUL character, expected text") : text;
    }

    /// <summary>A text that must be there.</summary>
    /// <param name="name">The field.</param>
    /// <param name="longest">Most characters.</param>
    public string Needed(string name, int longest) => Text(name, longest) ?? throw Missing(name);

    /// <summary>One of some texts; null where it is missing or null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="choices">The texts.</param>
    public string? Choice(string name, params ReadOnlySpan<string> choices)
    {
        var text = Text(name, 1000);
        return text is null || choices.Contains(text) ? text : throw Wrong(name, $"is '{Shown(text)}', expected {string.Join(" or ", choices!)}");
    }

    /// <summary>A whole number; null where it is missing or null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="least">The least.</param>
    /// <param name="most">The most.</param>
    public ulong? Whole(string name, ulong least, ulong most)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is {Shown(value)}, expected a whole number from {least} to {most}"));
    }

    /// <summary>A number; null where it is missing or null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="least">The least.</param>
    /// <param name="most">The most.</param>
    public double? Number(string name, double least, double most)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is {Shown(value)}, expected a number from {least} to {most}"));
    }

    /// <summary>Yes or no; no where it is missing or null.</summary>
    /// <param name="name">The field.</param>
    public bool Flag(string name) => Find(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(name, $"is {Shown(value)}, expected true or false"),
    };

    /// <summary>Fields that may be there and do nothing.</summary>
    /// <param name="names">The fields.</param>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _read.Add(name);
    }

    /// <summary>Refuses fields that were not read.</summary>
    public void End()
    {
        foreach (var field in _object.EnumerateObject())
            if (!_read.Contains(field.Name))
                throw ApiException.Invalid(Path(Shown(field.Name)), $"is not known here; expected one of {string.Join(", ", _read.Order(StringComparer.Ordinal))}", "unknown_parameter");
    }

    /// <summary>A field is wrong.</summary>
    /// <param name="name">The field.</param>
    /// <param name="problem">What was found and what is expected.</param>
    public ApiException Wrong(string name, string problem) => ApiException.Invalid(Path(name), problem);

    /// <summary>A field is missing.</summary>
    /// <param name="name">The field.</param>
    public ApiException Missing(string name) => ApiException.Invalid(Path(name), "is missing", "missing_required_parameter");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static string Shown(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? Shown(value.GetRawText()) : Kind(value);

    private static string Shown(string text) => new([.. (text.Length > 60 ? text[..60] + "..." : text).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
