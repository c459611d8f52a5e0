namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Replaces a file whole or not at all: written under another name in the same folder, flushed to the disk, renamed over
/// the target. Readers see the old file or the new one. After a power cut the same holds; which of the two is the disk's
/// to say, since .NET cannot flush a folder.
/// </summary>
internal static class AtomicFile
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes <paramref name="path"/>; on any exception the target is as before and nothing else is left.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="length">Bytes to reserve, so that a full disk shows before the work; 0 for none.</param>
    /// <param name="write">Fills the file.</param>
    public static void Write(string path, long length, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = BufferBytes,
                PreallocationSize = length,
            }))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
