using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Reads a value that stands on one line: a scalar, <c>[a, b]</c> or <c>{a: b}</c>.</summary>
internal ref struct YamlFlow
{
    private const int MaxDepth = 8;
    private readonly ReadOnlySpan<char> text;
    private int at;

    private YamlFlow(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>Reads a value.</summary>
    /// <exception cref="FormatException">It cannot be read; the message ends a sentence that names the line.</exception>
    public static JsonNode? Read(string text)
    {
        var flow = new YamlFlow(text.AsSpan().Trim());
        JsonNode? value = flow.Value("", 0);
        return flow.at == flow.text.Length ? value : throw new FormatException("goes on after its value");
    }

    private JsonNode? Value(string ends, int depth)
    {
        Blanks();
        if (depth > MaxDepth) throw new FormatException($"is nested deeper than {MaxDepth}");
        if (at == text.Length) return null;
        JsonNode? value = text[at] switch
        {
            '[' => List(depth),
            '{' => Mapping(depth),
            '\'' or '"' => Quoted(),
            '&' or '*' or '!' or '|' or '>' or '%' or '@' or '`' => throw new FormatException($"has a value that starts with {text[at]}, which is not supported"),
            _ => Plain(Word(ends)),
        };
        Blanks();
        return value;
    }

    private JsonArray List(int depth)
    {
        var list = new JsonArray();
        for (at++; !Closes(']');)
        {
            list.Add(Value(",]", depth + 1));
            Separator(']');
        }

        return list;
    }

    private JsonObject Mapping(int depth)
    {
        var mapping = new JsonObject();
        for (at++; !Closes('}');)
        {
            string key = Value(":}", depth + 1)?.ToString() ?? "null";
            if (at == text.Length || text[at] != ':') throw new FormatException("has a key without a value");
            at++;
            if (!mapping.TryAdd(key, Value(",}", depth + 1))) throw new FormatException($"has the key {CheckpointException.Quote(key)} a second time");
            Separator('}');
        }

        return mapping;
    }

    private bool Closes(char end)
    {
        Blanks();
        if (at == text.Length) throw new FormatException($"does not end with {end} on its line");
        if (text[at] != end) return false;
        at++;
        return true;
    }

    private void Separator(char end)
    {
        if (at == text.Length) throw new FormatException($"does not end with {end} on its line");
        if (text[at] == ',') at++;
        else if (text[at] != end) throw new FormatException($"lacks a comma or {end}");
    }

    private JsonValue Quoted()
    {
        char quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length)
        {
            char c = text[at++];
            if (c == quote)
            {
                // Within single quotes, two stand for one.
                if (quote == '"' || at == text.Length || text[at] != quote) return JsonValue.Create(value.ToString());
                at++;
            }
            else if (quote == '"' && c == '\\')
            {
                if (at == text.Length || text[at] is not ('"' or '\\' or '/')) throw new FormatException("has an escape that is not supported");
                c = text[at++];
            }

            value.Append(c);
        }

        throw new FormatException("has a quote that does not end on its line");
    }

    private ReadOnlySpan<char> Word(string ends)
    {
        int start = at;
        while (at < text.Length && !ends.Contains(text[at])) at++;
        return text[start..at].Trim();
    }

    private void Blanks()
    {
        while (at < text.Length && text[at] == ' ') at++;
    }

    private static JsonNode? Plain(ReadOnlySpan<char> word)
    {
        if (word is "" or "~" or "null" or "Null" or "NULL") return null;
        if (word is "true" or "True" or "TRUE") return JsonValue.Create(true);
        if (word is "false" or "False" or "FALSE") return JsonValue.Create(false);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return JsonValue.Create(whole);
        if ((char.IsAsciiDigit(word[0]) || word[0] is '.' or '-' or '+')
            && double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            return JsonValue.Create(number);
        return JsonValue.Create(word.ToString());
    }
}
