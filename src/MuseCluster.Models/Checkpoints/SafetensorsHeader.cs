using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// The header of a safetensors file: eight bytes of little-endian length, then JSON. Reading one checks that the
/// tensors it lists fill the rest of the file exactly, so that no later access can leave the file.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The reference implementation's limit on the JSON, in bytes.</summary>
    public const int MaxJsonBytes = 100_000_000;

    /// <summary>The most tensors accepted: far beyond any model, and it bounds what a hostile header can allocate.</summary>
    public const int MaxTensors = 1 << 18;

    /// <summary>Bytes of the length field before the JSON.</summary>
    public const int LengthBytes = 8;

    /// <summary>The key that holds the string map rather than a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private SafetensorsHeader(IReadOnlyList<TensorEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataStart)
    {
        Entries = entries;
        Metadata = metadata;
        DataStart = dataStart;
    }

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>The header's string map; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the data section begins, in bytes from the start of the file.</summary>
    public long DataStart { get; }

    /// <summary>
    /// Reads and checks the header of an open file. It is read with read(2), not through a map: a file that shrinks
    /// meanwhile is then a short read, not a fault.
    /// </summary>
    /// <exception cref="CheckpointException">The header is malformed or does not describe the file.</exception>
    public static SafetensorsHeader Read(SafeFileHandle file, string path)
    {
        long fileLength = RandomAccess.GetLength(file);
        if (fileLength < LengthBytes)
            throw new CheckpointException(path, null, $"has {fileLength} bytes; a safetensors file begins with an 8-byte header length");

        Span<byte> prefix = stackalloc byte[LengthBytes];
        ReadFully(file, prefix, 0, path);
        ulong jsonLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (jsonLength > MaxJsonBytes)
            throw new CheckpointException(path, null, $"says its header has {jsonLength} bytes; the most accepted is {MaxJsonBytes}");
        if (jsonLength > (ulong)(fileLength - LengthBytes))
            throw new CheckpointException(path, null, $"says its header has {jsonLength} bytes, but only {fileLength - LengthBytes} follow");

        byte[] json = new byte[(int)jsonLength];
        ReadFully(file, json, LengthBytes, path);
        var (entries, metadata) = SafetensorsHeaderParser.Parse(json, path);

        long dataStart = LengthBytes + (long)jsonLength;
        CheckLayout(entries, fileLength - dataStart, path);
        return new SafetensorsHeader(entries, metadata, dataStart);
    }

    private static void CheckLayout(List<TensorEntry> entries, long dataLength, string path)
    {
        foreach (TensorEntry entry in entries) CheckEntry(entry, dataLength, path);

        // Empty tensors share their offset with a neighbour; ordering by end as well puts them before it.
        TensorEntry? previous = null;
        long at = 0;
        foreach (TensorEntry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < at)
                throw new CheckpointException(path, entry.Name,
                    $"begins at data byte {entry.Begin}, inside tensor {CheckpointException.Quote(previous!.Name)}, which ends at {at}");
            if (entry.Begin > at)
                throw new CheckpointException(path, entry.Name,
                    $"begins at data byte {entry.Begin}, after a hole: the tensors before it end at {at}");
            at = entry.End;
            previous = entry;
        }

        if (at != dataLength)
            throw new CheckpointException(path, previous?.Name, previous is null
                ? $"lists no tensors, but {dataLength} bytes follow the header"
                : $"is the last and ends at data byte {at}, but the file has {dataLength} data bytes");
    }

    private static void CheckEntry(TensorEntry entry, long dataLength, string path)
    {
        string shape = $"{entry.DType.HeaderName()} {TensorEntry.Show(entry.Shape)}";
        long expected = TensorEntry.ByteLength(entry.DType, entry.Shape)
            ?? throw new CheckpointException(path, entry.Name, $"its size overflows: {shape}");
        if (entry.Begin < 0 || entry.End < entry.Begin)
            throw new CheckpointException(path, entry.Name, $"data_offsets [{entry.Begin}, {entry.End}] are not a range");
        if (entry.End - entry.Begin != expected)
            throw new CheckpointException(path, entry.Name,
                $"data_offsets [{entry.Begin}, {entry.End}] span {entry.End - entry.Begin} bytes, but {shape} takes {expected}");
        if (entry.End > dataLength)
            throw new CheckpointException(path, entry.Name,
                $"ends at data byte {entry.End}, but the file has {dataLength} data bytes: truncated?");
    }

    private static void ReadFully(SafeFileHandle file, Span<byte> into, long offset, string path)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(file, into, offset);
            if (read == 0) throw new CheckpointException(path, null, "ended while its header was read");
            into = into[read..];
            offset += read;
        }
    }
}
