using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Reads the YAML that model configurations are written in, as the JSON document that says the same. Anchors, which a small
/// file can grow without bound by, tags and several documents are refused, as are keys that occur twice.
/// </summary>
internal static class YamlFile
{
    private const int MaxDepth = 8;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">The file is too large or is not such YAML; names the line where it is known.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JsonDocument Read(string path, int maxBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (stream.Length > maxBytes) throw new CheckpointException(path, null, $"has {stream.Length} bytes; the most accepted is {maxBytes}");
        byte[] bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var way = new List<string>();
        string Place() => way.Count == 0 ? "" : $" at {CheckpointException.Quote(string.Join('.', way))}";
        try
        {
            JsonNode? root = Document(new Parser(new StringReader(Strict.GetString(bytes, 0, read).TrimStart('\uFEFF'))), way);
            return JsonDocument.Parse(root?.ToJsonString() ?? "null");
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException(path, null, "holds text that is not UTF-8", e);
        }
        catch (YamlException e)
        {
            throw new CheckpointException(path, null, $"is no YAML that is read here{Place()}: line {e.Start.Line}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The scanner throws it, too, where a plain scalar in a flow mapping is damaged.
            throw new CheckpointException(path, null, $"is no YAML{Place()}", e);
        }
    }

    private static JsonNode? Document(Parser parser, List<string> way)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _)) return null;
        JsonNode? root = Value(parser, way);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var another)) throw Wrong(another, "another document starts");
        return root;
    }

    // The way has the keys and indices that lead here: where reading fails, it tells the field.
    private static JsonNode? Value(Parser parser, List<string> way)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias)) throw Wrong(alias, "aliases are not read");
        var node = parser.Consume<NodeEvent>();
        if (!node.Anchor.IsEmpty) throw Wrong(node, "anchors are not read");
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific) throw Wrong(node, "tags are not read");
        if (way.Count == MaxDepth && node is not Scalar) throw Wrong(node, $"it is nested deeper than {MaxDepth}");
        switch (node)
        {
            case SequenceStart:
                var list = new JsonArray();
                while (!parser.TryConsume<SequenceEnd>(out _)) list.Add(Inner(parser, way, $"{list.Count}"));
                return list;
            case MappingStart:
                var mapping = new JsonObject();
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    var key = parser.Consume<Scalar>();
                    if (!mapping.TryAdd(key.Value, Inner(parser, way, key.Value))) throw Wrong(key, $"it has the key {CheckpointException.Quote(key.Value)} a second time");
                }
                return mapping;
            default:
                var scalar = (Scalar)node;
                return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        }
    }

    private static JsonNode? Inner(Parser parser, List<string> way, string step)
    {
        way.Add(step);
        JsonNode? value = Value(parser, way);
        way.RemoveAt(way.Count - 1);
        return value;
    }

    // YAML 1.2's core schema, section 10.3, but for numbers of other bases.
    private static JsonValue? Plain(string word)
    {
        if (word is "" or "~" or "null" or "Null" or "NULL") return null;
        if (word is "true" or "True" or "TRUE") return JsonValue.Create(true);
        if (word is "false" or "False" or "FALSE") return JsonValue.Create(false);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return JsonValue.Create(whole);
        if ((char.IsAsciiDigit(word[0]) || word[0] is '.' or '-' or '+')
            && double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            return JsonValue.Create(number);
        return JsonValue.Create(word);
    }

    private static YamlException Wrong(ParsingEvent at, string problem) => new(at.Start, at.End, problem);
}
