using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Where a document of JSON is wrong, for messages: parsers give a line and a byte, and these documents are often one line.</summary>
internal static class JsonPlace
{
    // What follows them is no name of a field that anybody looks for.
    private const int MostNames = 6;

    /// <summary>The names that lead to the first thing that is no JSON, no Unicode text, too deep, or there twice.</summary>
    /// <param name="json">The document.</param>
    /// <param name="maxDepth">How deep it may nest.</param>
    /// <returns>Such as <c>model.params</c>; null where no field is to blame.</returns>
    public static string? Of(ReadOnlySpan<byte> json, int maxDepth)
    {
        var way = new List<string?>();
        var seen = new Stack<HashSet<string>>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        way.Add(null);
                        seen.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        way.RemoveAt(way.Count - 1);
                        seen.Pop();
                        break;
                    case JsonTokenType.PropertyName:
                        way[^1] = reader.GetString();
                        if (!seen.Peek().Add(way[^1]!)) return Joined(way);
                        break;
                    case JsonTokenType.String:
                        reader.GetString();
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Joined(way);
        }

        return null;
    }

    private static string? Joined(List<string?> way)
    {
        string joined = string.Join('.', way.OfType<string>().Take(MostNames));
        return joined.Length > 0 ? joined : null;
    }
}
