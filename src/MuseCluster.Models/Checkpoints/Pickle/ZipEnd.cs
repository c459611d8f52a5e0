using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// Where a zip archive says its central directory lies: the record at its end, and the 64-bit record before that where a
/// number does not fit (PKWARE's APPNOTE.TXT, sections 4.3.14 to 4.3.16).
/// </summary>
/// <param name="Entries">Entries of the directory.</param>
/// <param name="Start">Its first byte in the file.</param>
/// <param name="Length">Its bytes; it lies within the file.</param>
internal readonly record struct ZipEnd(long Entries, long Start, long Length)
{
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int End64Bytes = 56;
    private const int MaxComment = ushort.MaxValue;

    private static ReadOnlySpan<byte> EndSignature => "PK\x05\x06"u8;

    private static ReadOnlySpan<byte> LocatorSignature => "PK\x06\x07"u8;

    private static ReadOnlySpan<byte> End64Signature => "PK\x06\x06"u8;

    /// <summary>Finds the record.</summary>
    /// <exception cref="CheckpointException">There is none, or it does not describe the file.</exception>
    public static ZipEnd Find(SafeFileHandle file, long fileLength, string path)
    {
        long tailStart = Math.Max(0, fileLength - EndBytes - MaxComment - LocatorBytes);
        byte[] tail = ZipBytes.Read(file, tailStart, (int)(fileLength - tailStart), path);
        int at = Last(tail);
        if (at < 0)
        {
            throw new CheckpointException(path, null,
                "is not a zip archive, or its end is missing: expected a file that torch.save of PyTorch 1.6 or later writes");
        }

        ReadOnlySpan<byte> end = tail.AsSpan(at);
        if (BinaryPrimitives.ReadUInt16LittleEndian(end[4..]) is not (0 or ushort.MaxValue))
            throw new CheckpointException(path, null, "is one part of a zip archive that was split; expected a whole one");
        var found = new ZipEnd(
            BinaryPrimitives.ReadUInt16LittleEndian(end[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[12..]));
        long limit = tailStart + at;
        if (found.Entries == ushort.MaxValue || found.Start == uint.MaxValue || found.Length == uint.MaxValue)
        {
            if (at < LocatorBytes || !tail.AsSpan(at - LocatorBytes).StartsWith(LocatorSignature))
                throw new CheckpointException(path, null, "is a zip archive whose 64-bit end record is missing");
            found = Find64(file, BinaryPrimitives.ReadUInt64LittleEndian(tail.AsSpan(at - LocatorBytes + 8)), limit - LocatorBytes, path, out limit);
        }

        if (found.Start > limit || found.Length > limit - found.Start)
        {
            throw new CheckpointException(path, null,
                $"says its directory has {found.Length} bytes from byte {found.Start}, but its end record lies at byte {limit}");
        }

        return found;
    }

    private static ZipEnd Find64(SafeFileHandle file, ulong at, long before, string path, out long limit)
    {
        if (before < End64Bytes || at > (ulong)(before - End64Bytes))
            throw new CheckpointException(path, null, $"says its 64-bit end record lies at byte {at}, where it does not fit");
        limit = (long)at;
        ReadOnlySpan<byte> end = ZipBytes.Read(file, limit, End64Bytes, path);
        if (!end.StartsWith(End64Signature))
            throw new CheckpointException(path, null, $"says its 64-bit end record lies at byte {at}, where there is something else");
        ulong entries = BinaryPrimitives.ReadUInt64LittleEndian(end[32..]);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(end[40..]), start = BinaryPrimitives.ReadUInt64LittleEndian(end[48..]);
        // What is out of range of a long is out of the file too, and is refused as such.
        return new ZipEnd(Clamp(entries), Clamp(start), Clamp(length));
    }

    private static long Clamp(ulong value) => (long)Math.Min(value, long.MaxValue);

    private static int Last(ReadOnlySpan<byte> tail)
    {
        // The comment may hold the signature too; the record's own is the one whose comment reaches the end of the file.
        for (int at = tail.Length - EndBytes; at >= 0; at--)
        {
            if (tail[at..].StartsWith(EndSignature) && BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]) == tail.Length - at - EndBytes)
                return at;
        }

        return -1;
    }
}
