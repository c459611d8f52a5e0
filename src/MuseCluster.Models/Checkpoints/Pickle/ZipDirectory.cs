using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// The central directory of a zip archive, checked against the file: every entry's bytes lie before the directory, each in a
/// place of its own, and no name occurs twice (PKWARE's APPNOTE.TXT, sections 4.3.7 and 4.3.12). .NET's own reader does not
/// say where an entry's bytes begin, without which they cannot be mapped.
/// </summary>
internal static class ZipDirectory
{
    /// <summary>The most entries accepted: a checkpoint has one for each storage and a few more.</summary>
    public const int MaxEntries = (1 << 18) + 64;

    private const int MaxBytes = 64 << 20;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const ushort Encrypted = 1;
    private const ushort Zip64Field = 1;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> CentralSignature => "PK\x01\x02"u8;

    private static ReadOnlySpan<byte> LocalSignature => "PK\x03\x04"u8;

    /// <summary>Reads and checks the directory of an open archive.</summary>
    /// <returns>The entries by name, folders left out.</returns>
    /// <exception cref="CheckpointException">It is not a zip archive, or a malformed one.</exception>
    public static Dictionary<string, ZipEntry> Read(SafeFileHandle file, string path)
    {
        ZipEnd end = ZipEnd.Find(file, RandomAccess.GetLength(file), path);
        if (end.Entries > MaxEntries)
            throw new CheckpointException(path, null, $"lists {end.Entries} entries; the most accepted is {MaxEntries}");
        if (end.Length > MaxBytes)
            throw new CheckpointException(path, null, $"its directory has {end.Length} bytes; the most accepted is {MaxBytes}");

        ReadOnlySpan<byte> rest = ZipBytes.Read(file, end.Start, (int)end.Length, path);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var places = new List<(long Start, long End, string Name)>();
        for (long read = 0; read < end.Entries; read++)
        {
            (ZipEntry listed, long header) = Listed(ref rest, path);
            long start = DataStart(file, listed, header, end.Start, path);
            places.Add((header, start + listed.KeptLength, listed.Name));
            if (listed.Name.EndsWith('/') && listed.Length == 0) continue;
            if (!entries.TryAdd(listed.Name, listed with { DataStart = start })) throw Refuse(path, listed.Name, "is listed twice");
        }

        CheckPlaces(places, path);
        return entries;
    }

    private static (ZipEntry Entry, long Header) Listed(ref ReadOnlySpan<byte> rest, string path)
    {
        if (rest.Length < CentralBytes || !rest.StartsWith(CentralSignature))
            throw new CheckpointException(path, null, "its directory ends before all entries are listed, or holds something else");
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]), method = BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]);
        long kept = BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]), length = BinaryPrimitives.ReadUInt32LittleEndian(rest[24..]);
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]), extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
        int commentBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
        long header = BinaryPrimitives.ReadUInt32LittleEndian(rest[42..]);
        if (rest.Length - CentralBytes < nameBytes + extraBytes + commentBytes)
            throw new CheckpointException(path, null, "its directory ends inside of an entry");

        string name = Name(rest.Slice(CentralBytes, nameBytes), path);
        Widen(rest.Slice(CentralBytes + nameBytes, extraBytes), ref length, ref kept, ref header, name, path);
        rest = rest[(CentralBytes + nameBytes + extraBytes + commentBytes)..];
        if ((flags & Encrypted) != 0) throw Refuse(path, name, "is encrypted");
        if (method is not ((ushort)ZipMethod.Stored or (ushort)ZipMethod.Deflated))
            throw Refuse(path, name, $"is kept by method {method}; expected 0 (stored) or 8 (deflated)");
        if (method == (ushort)ZipMethod.Stored && kept != length)
            throw Refuse(path, name, $"is stored, but has {length} bytes in {kept}");
        return (new ZipEntry(name, (ZipMethod)method, 0, kept, length), header);
    }

    // A field of 64-bit numbers holds those whose 32 bits are all ones, in this order (section 4.5.3).
    private static void Widen(ReadOnlySpan<byte> extra, ref long length, ref long kept, ref long header, string name, string path)
    {
        if (length != uint.MaxValue && kept != uint.MaxValue && header != uint.MaxValue) return;
        while (extra.Length >= 4)
        {
            ushort id = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4) break;
            ReadOnlySpan<byte> numbers = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            if (id != Zip64Field) continue;
            Take(ref length, ref numbers);
            Take(ref kept, ref numbers);
            Take(ref header, ref numbers);
            if (length < 0 || kept < 0 || header < 0) throw Refuse(path, name, "has numbers beyond 63 bits");
            return;
        }
    }

    private static void Take(ref long number, ref ReadOnlySpan<byte> numbers)
    {
        if (number != uint.MaxValue || numbers.Length < sizeof(long)) return;
        number = BinaryPrimitives.ReadInt64LittleEndian(numbers);
        numbers = numbers[sizeof(long)..];
    }

    // The header before the data repeats the name and has an extra field of its own, which torch pads to align the data.
    private static long DataStart(SafeFileHandle file, ZipEntry listed, long header, long limit, string path)
    {
        if (header > limit - LocalBytes)
            throw Refuse(path, listed.Name, $"begins at byte {header}, but the entries end at byte {limit}: truncated?");
        ReadOnlySpan<byte> local = ZipBytes.Read(file, header, LocalBytes, path);
        if (!local.StartsWith(LocalSignature)) throw Refuse(path, listed.Name, $"begins at byte {header}, where there is something else");
        ushort method = BinaryPrimitives.ReadUInt16LittleEndian(local[8..]);
        if (method != (ushort)listed.Method)
            throw Refuse(path, listed.Name, $"is kept by method {(ushort)listed.Method} in the directory and by method {method} where it begins");
        long start = header + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        if (start > limit || listed.KeptLength > limit - start)
            throw Refuse(path, listed.Name, $"has {listed.KeptLength} bytes from byte {start}, but the entries end at byte {limit}: truncated?");
        return start;
    }

    private static void CheckPlaces(List<(long Start, long End, string Name)> places, string path)
    {
        places.Sort();
        for (int i = 1; i < places.Count; i++)
        {
            if (places[i].Start < places[i - 1].End)
                throw Refuse(path, places[i].Name, $"begins at byte {places[i].Start}, inside of entry {CheckpointException.Quote(places[i - 1].Name)}");
        }
    }

    private static string Name(ReadOnlySpan<byte> bytes, string path)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new CheckpointException(path, null, "lists an entry whose name is not UTF-8");
        }
    }

    private static CheckpointException Refuse(string path, string name, string problem) =>
        new(path, null, $"its entry {CheckpointException.Quote(name)} {problem}");
}
