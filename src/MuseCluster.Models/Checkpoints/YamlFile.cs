using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Reads the YAML that model configurations are written in, as the JSON document that says the same: mappings, lists, flow
/// lists and mappings on one line, plain and quoted scalars, comments. Anchors, tags, block scalars and several documents are
/// refused, as are keys that occur twice.
/// </summary>
internal static class YamlFile
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">The file is too large or is not such YAML; names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JsonDocument Read(string path, int maxBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (stream.Length > maxBytes) throw new CheckpointException(path, null, $"has {stream.Length} bytes; the most accepted is {maxBytes}");
        byte[] bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        try
        {
            return Parse(Strict.GetString(bytes, 0, read).TrimStart('\uFEFF'), path);
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException(path, null, "holds text that is not UTF-8", e);
        }
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="CheckpointException">It is not such YAML; names the line.</exception>
    public static JsonDocument Parse(string text, string path)
    {
        JsonNode? root = new YamlBlocks(YamlLine.Split(text, path), path).Read();
        return JsonDocument.Parse(root?.ToJsonString() ?? "null");
    }
}
