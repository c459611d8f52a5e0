using System.Text;
using System.Text.Json.Nodes;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Documents of JSON in which one field at a time is wrong, in every way that a field can be.</summary>
internal static class JsonMutation
{
    private const string Mark = "@mutated@";

    private static readonly (string Damage, string Value)[] Values =
    [
        ("null", "null"), ("true", "true"), ("false", "false"), ("text", "\"text\""), ("empty text", "\"\""), ("a number as text", "\"12\""), ("NaN as text", "\"NaN\""),
        ("NaN", "NaN"), ("Infinity", "-Infinity"), ("a list", "[]"), ("a list of a list", "[[1]]"), ("a list of texts", "[\"a\", \"b\"]"), ("a list of numbers", "[3, 5]"),
        ("an object", "{}"), ("an object of numbers", "{\"a\": 1}"), ("zero", "0"), ("one", "1"), ("negative", "-1"), ("negative zero", "-0.0"), ("a half", "0.5"),
        ("a small number", "7"), ("large", "16384"), ("a million", "1048576"), ("the largest int", "2147483647"), ("beyond int", "2147483648"), ("the least long", "-9223372036854775808"),
        ("beyond long", "18446744073709551616"), ("beyond double", "1e999"), ("the largest double", "1.7976931348623157e308"), ("tiny", "1e-320"), ("half a pair", "\"\\ud800\""),
        ("control characters", "\"\\u0000\\u001b[2J\""), ("a path", "\"../../etc/passwd\""), ("cut", ""), ("nested lists", new string('[', 200) + new string(']', 200)),
        ("nested objects", string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200)), ("a long text", $"\"{new string('x', 100_000)}\""),
        ("a long list", $"[{string.Join(",", Enumerable.Repeat("1", 20_000))}]"), ("a long number", new string('9', 5000)),
    ];

    /// <summary>Every field removed, doubled, and given every value; the items of lists too.</summary>
    /// <param name="json">A document whose root is an object.</param>
    /// <param name="most">The most to take, spread evenly; null for all.</param>
    /// <param name="blame">The field that is to blame, by the way to it and by whether it was removed; null for the last that has a name.</param>
    public static IEnumerable<Mutant> Of(string json, int? most = null, Func<IReadOnlyList<string>, bool, string?>? blame = null)
    {
        blame ??= LastName;
        List<(string[] Way, int Value)> all = [.. Ways(JsonNode.Parse(json)!, []).SelectMany(way => Enumerable.Range(-2, Values.Length + 2).Select(value => (way, value)))];
        double step = most is { } limit && limit < all.Count ? (double)all.Count / limit : 1;
        for (double at = 0; (int)at < all.Count; at += step)
        {
            var (way, value) = all[(int)at];
            if (Text(json, way, value) is { } text)
                yield return new Mutant($"{string.Join('.', way)}: {(value == -2 ? "removed" : value == -1 ? "doubled" : Values[value].Damage)}", Encoding.UTF8.GetBytes(text), blame(way, value == -2));
        }
    }

    private static string? LastName(IReadOnlyList<string> way, bool removed) => way.Last(name => !int.TryParse(name, out _) || way.Count == 1);

    private static IEnumerable<string[]> Ways(JsonNode node, string[] way) => node switch
    {
        JsonObject fields => fields.SelectMany(f => Inner(f.Value, [.. way, f.Key])),
        JsonArray items => Enumerable.Range(0, Math.Min(items.Count, 3)).SelectMany(i => Inner(items[i], [.. way, $"{i}"])),
        _ => [],
    };

    private static IEnumerable<string[]> Inner(JsonNode? node, string[] way) => node is null ? [way] : [way, .. Ways(node, way)];

    private static string? Text(string json, string[] way, int value)
    {
        JsonNode root = JsonNode.Parse(json)!, parent = root;
        foreach (string name in way[..^1]) parent = parent is JsonArray list ? list[int.Parse(name)]! : parent[name]!;
        string last = way[^1];
        if (parent is JsonArray items)
        {
            if (value == -2) items.RemoveAt(int.Parse(last));
            else items[int.Parse(last)] = Mark;
            return value == -2 ? root.ToJsonString() : value == -1 ? null : Marked(Values[value].Value);
        }

        string old = parent[last]?.ToJsonString() ?? "null";
        if (value == -2) parent.AsObject().Remove(last);
        else parent[last] = Mark;
        return value == -2 ? root.ToJsonString() : Marked(value == -1 ? $"{old}, {JsonValue.Create(last).ToJsonString()}: {old}" : Values[value].Value);

        string Marked(string literal) => root.ToJsonString().Replace($"\"{Mark}\"", literal, StringComparison.Ordinal);
    }
}
