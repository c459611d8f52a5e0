using System.Text.Json.Nodes;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Reads mappings and lists by their indentation.</summary>
/// <param name="lines">The file's lines.</param>
/// <param name="path">The file, for messages.</param>
internal sealed class YamlBlocks(List<YamlLine> lines, string path)
{
    private const int MaxDepth = 24;
    private int next;

    /// <summary>Reads the whole file; null for an empty one.</summary>
    /// <exception cref="CheckpointException">A line cannot be read.</exception>
    public JsonNode? Read()
    {
        if (lines.Count == 0) return null;
        JsonNode? root = Block(lines[0].Indent, depth: 0);
        return next == lines.Count ? root : throw Wrong(lines[next], "is indented less or more than its neighbours");
    }

    private JsonNode? Block(int indent, int depth)
    {
        YamlLine line = lines[next];
        if (depth > MaxDepth) throw Wrong(line, $"is nested deeper than {MaxDepth}");
        if (line.IsItem) return List(indent, depth);
        if (YamlLine.KeyEnd(line.Text) >= 0) return Mapping(indent, depth);
        next++;
        return Scalar(line, line.Text);
    }

    private JsonObject Mapping(int indent, int depth)
    {
        var mapping = new JsonObject();
        while (next < lines.Count && lines[next].Indent == indent && !lines[next].IsItem)
        {
            YamlLine line = lines[next++];
            int end = YamlLine.KeyEnd(line.Text);
            if (end < 0) throw Wrong(line, "is not 'key: value'");
            string key = Scalar(line, line.Text[..end])?.ToString() ?? "null";
            string rest = line.Text[(end + 1)..].Trim();
            // A list may stand as far left as the key that it belongs to.
            JsonNode? value = rest.Length > 0 ? Scalar(line, rest) : Nested(indent, depth, itemsAtSameIndent: true);
            if (!mapping.TryAdd(key, value)) throw Wrong(line, $"has the key {CheckpointException.Quote(key)} a second time");
        }

        Settled(indent);
        return mapping;
    }

    private JsonArray List(int indent, int depth)
    {
        var list = new JsonArray();
        while (next < lines.Count && lines[next].Indent == indent && lines[next].IsItem)
        {
            YamlLine line = lines[next];
            string rest = line.Text[1..].TrimStart();
            if (rest.Length == 0)
            {
                next++;
                list.Add(Nested(indent, depth, itemsAtSameIndent: false));
            }
            else if (YamlLine.KeyEnd(rest) >= 0 || rest == "-" || rest.StartsWith("- ", StringComparison.Ordinal))
            {
                // What follows the dash is the first line of a block that starts where it stands.
                int start = indent + line.Text.Length - rest.Length;
                lines[next] = new YamlLine(line.Number, start, rest);
                list.Add(Block(start, depth + 1));
            }
            else
            {
                next++;
                list.Add(Scalar(line, rest));
            }
        }

        Settled(indent);
        return list;
    }

    private JsonNode? Nested(int indent, int depth, bool itemsAtSameIndent)
    {
        if (next == lines.Count) return null;
        YamlLine line = lines[next];
        bool below = line.Indent > indent || (itemsAtSameIndent && line.Indent == indent && line.IsItem);
        return below ? Block(line.Indent, depth + 1) : null;
    }

    private void Settled(int indent)
    {
        if (next < lines.Count && lines[next].Indent > indent) throw Wrong(lines[next], "is indented more than what it belongs to");
    }

    private JsonNode? Scalar(YamlLine line, string text)
    {
        try
        {
            return YamlFlow.Read(text);
        }
        catch (FormatException e)
        {
            throw Wrong(line, e.Message);
        }
    }

    private CheckpointException Wrong(YamlLine line, string problem) => new(path, null, $"line {line.Number}: {CheckpointException.Quote(line.Text)} {problem}");
}
