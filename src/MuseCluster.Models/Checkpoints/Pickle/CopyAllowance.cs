namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// How much memory a file's copies may take. A few bytes can describe a tensor of any size (a stride of zero repeats one
/// element for ever) and DEFLATE can pack a thousand bytes into one, so the bound is the file's own length: weights shrink
/// little, and what networks hold apart from them is small.
/// </summary>
/// <param name="fileLength">Bytes of the file.</param>
/// <param name="path">Path of the file, for messages.</param>
internal sealed class CopyAllowance(long fileLength, string path)
{
    private const long Times = 8;
    private const long Least = 64 << 20;

    private long left = Math.Min(fileLength, long.MaxValue / Times - Least) * Times + Least;

    /// <summary>Takes bytes for one copy.</summary>
    /// <exception cref="CheckpointException">So many are not left.</exception>
    public void Take(long bytes)
    {
        if (bytes > left)
        {
            throw new CheckpointException(path, null,
                $"its compressed storages and views that are not contiguous take too much memory: {bytes} bytes more, of which {left} are left to a file of {fileLength}");
        }

        left -= bytes;
    }
}
