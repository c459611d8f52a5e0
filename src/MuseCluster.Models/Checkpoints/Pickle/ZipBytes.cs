using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// Reads parts of an archive. They are read with read(2), not through a map: a file that shrinks meanwhile is then a short
/// read, not a fault.
/// </summary>
internal static class ZipBytes
{
    /// <summary>Reads bytes that lie within the file.</summary>
    /// <exception cref="CheckpointException">The file ended before them.</exception>
    public static byte[] Read(SafeFileHandle file, long offset, int length, string path)
    {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length;)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            if (read == 0) throw new CheckpointException(path, null, "ended while it was read");
            done += read;
        }

        return bytes;
    }

    /// <summary>Reads a whole entry, however it is kept.</summary>
    /// <param name="file">The open archive.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="most">The most bytes accepted.</param>
    /// <param name="path">Path of the archive, for messages.</param>
    /// <exception cref="CheckpointException">It is larger than that, or is not the compressed data that it is said to be.</exception>
    public static byte[] Read(SafeFileHandle file, ZipEntry entry, int most, string path)
    {
        if (Math.Max(entry.Length, entry.KeptLength) > most)
        {
            throw new CheckpointException(path, null,
                $"its entry {CheckpointException.Quote(entry.Name)} has {Math.Max(entry.Length, entry.KeptLength)} bytes; the most accepted is {most}");
        }

        byte[] kept = Read(file, entry.DataStart, (int)entry.KeptLength, path);
        if (entry.Method == ZipMethod.Stored) return kept;
        byte[] bytes = new byte[entry.Length];
        using var source = new MemoryStream(kept);
        using var inflated = new InflatedEntry(source, entry, path);
        inflated.Read(bytes);
        inflated.End();
        return bytes;
    }
}
