namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>How an entry's bytes are kept.</summary>
internal enum ZipMethod : ushort
{
    /// <summary>As they are.</summary>
    Stored = 0,

    /// <summary>Compressed with DEFLATE (RFC 1951).</summary>
    Deflated = 8,
}

/// <summary>One entry of a zip archive, whose bytes lie within the file.</summary>
/// <param name="Name">The path that the archive gives it, with slashes.</param>
/// <param name="Method">How its bytes are kept.</param>
/// <param name="DataStart">The first of its bytes in the file.</param>
/// <param name="KeptLength">Bytes in the file.</param>
/// <param name="Length">Bytes once they are no longer compressed: what the archive says, which only inflating can prove.</param>
internal sealed record ZipEntry(string Name, ZipMethod Method, long DataStart, long KeptLength, long Length);
