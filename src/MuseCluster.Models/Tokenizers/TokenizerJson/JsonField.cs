using System.Globalization;
using System.Text.Json;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>A JSON value that knows its way from the root, so that a reader's demand, unmet, names the field.</summary>
internal sealed class JsonField
{
    private readonly JsonElement _element;
    private readonly string _file;
    private readonly JsonField? _parent;
    private readonly string _name;

    private JsonField(JsonElement element, string file, JsonField? parent, string name)
    {
        _element = element;
        _file = file;
        _parent = parent;
        _name = name;
    }

    /// <summary>Whether the value is <c>null</c>.</summary>
    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    /// <summary>Whether the value is a string.</summary>
    public bool IsText => _element.ValueKind == JsonValueKind.String;

    private string Path => _parent is null or { _parent: null } || _name is ['[', ..] ? _parent?.Path + _name : $"{_parent.Path}.{_name}";

    /// <summary>The value of a whole document.</summary>
    public static JsonField Root(JsonElement element, string file) => new(element, file, null, "");

    /// <summary>A property that must be there.</summary>
    public JsonField Property(string name) => Optional(name) ?? throw new JsonField(default, _file, this, name).Fault("a value");

    /// <summary>A property, or null if it is absent or <c>null</c>.</summary>
    public JsonField? Optional(string name)
    {
        Require(JsonValueKind.Object, "an object");
        return _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(value, _file, this, name)
            : null;
    }

    /// <summary>The items of an array.</summary>
    public IEnumerable<JsonField> Items()
    {
        Require(JsonValueKind.Array, "an array");
        return _element.EnumerateArray().Select((item, i) =>
            new JsonField(item, _file, this, string.Create(CultureInfo.InvariantCulture, $"[{i}]")));
    }

    /// <summary>The names and values of an object.</summary>
    public IEnumerable<(string Name, JsonField Value)> Entries()
    {
        Require(JsonValueKind.Object, "an object");
        return _element.EnumerateObject().Select(p => (p.Name, new JsonField(p.Value, _file, this, p.Name)));
    }

    /// <summary>The number of items of an array.</summary>
    public int Count()
    {
        Require(JsonValueKind.Array, "an array");
        return _element.GetArrayLength();
    }

    /// <summary>The value as text.</summary>
    public string Text()
    {
        Require(JsonValueKind.String, "a string");
        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException fault)
        {
            throw Fault("a string of Unicode text, found half a surrogate pair or invalid UTF-8", fault);
        }
    }

    /// <summary>The value as bytes in base64.</summary>
    public byte[] Base64()
    {
        Require(JsonValueKind.String, "a string of base64");
        return _element.TryGetBytesFromBase64(out var bytes) ? bytes : throw Fault("a string of base64");
    }

    /// <summary>The value as a whole number of 32 bits.</summary>
    public int Integer()
    {
        Require(JsonValueKind.Number, "a number");
        return _element.TryGetInt32(out var value) ? value : throw Fault("a whole number of 32 bits");
    }

    /// <summary>The value as a single-precision number, which is what the scores were before they became JSON.</summary>
    public float Single()
    {
        Require(JsonValueKind.Number, "a number");
        return _element.TryGetDouble(out var value) ? (float)value : throw Fault("a number");
    }

    /// <summary>The value as a number.</summary>
    public double Number()
    {
        Require(JsonValueKind.Number, "a number");
        return _element.TryGetDouble(out var value) ? value : throw Fault("a number");
    }

    /// <summary>The value as true or false.</summary>
    public bool Boolean() => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault("true or false"),
    };

    /// <summary>An error about this value.</summary>
    public TokenizerFormatException Fault(string expected, Exception? inner = null) =>
        new(_file, Path.Length == 0 ? "document" : Path, expected, inner);

    private void Require(JsonValueKind kind, string expected)
    {
        if (_element.ValueKind != kind)
            throw Fault($"{expected}, found {_element.ValueKind}");
    }
}
