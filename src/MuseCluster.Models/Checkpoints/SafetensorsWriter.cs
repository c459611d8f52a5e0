using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Writes .safetensors files. Equal tensors give equal bytes: they are ordered by item size, widest first, then by name,
/// and the header is padded with blanks to a multiple of eight, so that every tensor is aligned to its item size.
/// </summary>
public static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;

    /// <summary>
    /// Creates or replaces a file, whole or not at all. Providers run one after another, in the file's order; when one
    /// throws, no file is left and a previous target is untouched.
    /// </summary>
    /// <param name="path">The file to write, in an existing folder.</param>
    /// <param name="tensors">The tensors, in any order, each name once.</param>
    /// <param name="metadata">String map for the header's <c>__metadata__</c>, or null.</param>
    /// <param name="cancellation">Ends the writing between two writes of a provider.</param>
    /// <exception cref="ArgumentException">Two tensors of one name, text that is not Unicode, or a header beyond the format's limits.</exception>
    /// <exception cref="InvalidOperationException">A provider wrote more or fewer bytes than its tensor has.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Write(
        string path,
        IEnumerable<TensorSource> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        TensorSource[] ordered =
        [
            .. tensors.OrderByDescending(t => t.DType.ItemSize()).ThenBy(t => t.Name, StringComparer.Ordinal),
        ];
        RefuseTwins(ordered);
        byte[] header = Header(ordered, metadata);
        long length = ordered.Aggregate((long)header.Length, (sum, tensor) => checked(sum + tensor.ByteLength));

        AtomicFile.Write(path, length, stream =>
        {
            stream.Write(header);
            foreach (TensorSource tensor in ordered)
            {
                cancellation.ThrowIfCancellationRequested();
                using var counted = new TensorStream(stream, tensor, cancellation);
                tensor.Write(counted);
                counted.CheckComplete();
            }
        });
    }

    private static void RefuseTwins(TensorSource[] tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorSource tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"two tensors are named {CheckpointException.Quote(tensor.Name)}", nameof(tensors));
        }

        if (tensors.Length > SafetensorsHeader.MaxTensors)
            throw new ArgumentException($"{tensors.Length} tensors; the most is {SafetensorsHeader.MaxTensors}", nameof(tensors));
    }

    private static byte[] Header(TensorSource[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var bytes = new MemoryStream();
        bytes.Write(stackalloc byte[SafetensorsHeader.LengthBytes]);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            long at = 0;
            foreach (TensorSource tensor in tensors)
            {
                WriteEntry(json, tensor, at);
                at = checked(at + tensor.ByteLength);
            }

            json.WriteEndObject();
        }

        while (bytes.Length % HeaderAlignment != 0) bytes.WriteByte((byte)' ');
        long jsonLength = bytes.Length - SafetensorsHeader.LengthBytes;
        if (jsonLength > SafetensorsHeader.MaxJsonBytes)
            throw new ArgumentException($"the header takes {jsonLength} bytes; the most is {SafetensorsHeader.MaxJsonBytes}", nameof(tensors));

        byte[] header = bytes.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, jsonLength);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!UnicodeText.IsValid(key) || !UnicodeText.IsValid(value))
                throw new ArgumentException($"metadata {CheckpointException.Quote(key)} is not Unicode text", nameof(metadata));
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorSource tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.DType.HeaderName());
        json.WriteStartArray("shape");
        foreach (long dimension in tensor.Shape) json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.ByteLength);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
