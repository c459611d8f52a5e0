using System.IO.Compression;

namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// A compressed entry while it is inflated: gives the bytes that the archive says it has, and refuses fewer and more. No more
/// is ever inflated than is asked for, whatever the data would grow to.
/// </summary>
internal sealed class InflatedEntry(Stream source, ZipEntry entry, string path) : IDisposable
{
    private readonly DeflateStream inflating = new(source, CompressionMode.Decompress);

    /// <summary>Fills a span with the next bytes.</summary>
    /// <exception cref="CheckpointException">The data ends before, or is not compressed data.</exception>
    public void Read(Span<byte> into)
    {
        if (Inflate(into) < into.Length) throw Refuse($"holds less than the {entry.Length} bytes that the archive says");
    }

    /// <summary>Checks that there are no more bytes.</summary>
    /// <exception cref="CheckpointException">There are.</exception>
    public void End()
    {
        Span<byte> one = stackalloc byte[1];
        if (Inflate(one) != 0) throw Refuse($"holds more than the {entry.Length} bytes that the archive says");
    }

    /// <inheritdoc/>
    public void Dispose() => inflating.Dispose();

    private int Inflate(Span<byte> into)
    {
        try
        {
            return inflating.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw Refuse($"is not deflated data: {e.Message}", e);
        }
    }

    private CheckpointException Refuse(string problem, Exception? cause = null) =>
        new(path, null, $"its entry {CheckpointException.Quote(entry.Name)} {problem}", cause);
}
