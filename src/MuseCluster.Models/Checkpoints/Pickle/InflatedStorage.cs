namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>Inflates a compressed storage into memory of its own.</summary>
internal static class InflatedStorage
{
    private const int Chunk = 1 << 24;

    /// <summary>Fills memory that has the entry's length.</summary>
    /// <exception cref="CheckpointException">The data is not what the archive says.</exception>
    public static unsafe void Fill(MappedMemory file, ZipEntry entry, MappedMemory into, string path)
    {
        using var source = new UnmanagedMemoryStream((byte*)file.Address(entry.DataStart), entry.KeptLength);
        using var inflated = new InflatedEntry(source, entry, path);
        for (long at = 0; at < entry.Length; at += Chunk)
            inflated.Read(new Span<byte>((byte*)into.Address(at), (int)Math.Min(Chunk, entry.Length - at)));
        inflated.End();
    }
}
