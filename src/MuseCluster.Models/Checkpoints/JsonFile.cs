using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Reads the small JSON files of a model. Beyond what the parser refuses, it refuses files over a size, keys that occur
/// twice, and text that is not Unicode, so that reading a string of the document cannot fail later.
/// </summary>
internal static class JsonFile
{
    private const int MaxDepth = 32;

    /// <summary>Parses a file.</summary>
    /// <exception cref="CheckpointException">The file is too large or not valid JSON.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JsonDocument Read(string path, int maxBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        long length = stream.Length;
        if (length > maxBytes) throw TooLarge(path, length, maxBytes);
        byte[] bytes = new byte[length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Parse(bytes.AsMemory(0, read), path, maxBytes);
    }

    /// <summary>Parses the bytes of a file; the document keeps them.</summary>
    /// <exception cref="CheckpointException">Too large or not valid JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string path, int maxBytes)
    {
        if (bytes.Length > maxBytes) throw TooLarge(path, bytes.Length, maxBytes);
        try
        {
            CheckText(bytes.Span, MaxDepth);
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new CheckpointException(path, null, $"is not valid JSON{Place(bytes)}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // What GetString throws for invalid UTF-8 and for escaped lone surrogates.
            throw new CheckpointException(path, null, $"holds text that is not Unicode{Place(bytes)}: {e.Message}", e);
        }
    }

    /// <summary>Reads every text of a document, so that doing so cannot fail later.</summary>
    /// <exception cref="InvalidOperationException">One is not Unicode.</exception>
    /// <exception cref="JsonException">The document is not JSON, or nests deeper.</exception>
    public static void CheckText(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
        }
    }

    private static string Place(ReadOnlyMemory<byte> bytes) => JsonPlace.Of(bytes.Span, MaxDepth) is { } place ? $" at {CheckpointException.Quote(place)}" : "";

    private static CheckpointException TooLarge(string path, long length, int maxBytes) =>
        new(path, null, $"has {length} bytes; the most accepted is {maxBytes}");
}
