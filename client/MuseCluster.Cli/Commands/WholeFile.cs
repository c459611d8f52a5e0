namespace MuseCluster.Cli.Commands;

/// <summary>Writes results so that a file is there whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    public static void Write(string path, byte[] content) => Write(path, temporary =>
    {
        File.WriteAllBytes(temporary, content);
        return Task.FromResult(content.LongLength);
    }).GetAwaiter().GetResult();

    /// <summary>Writes or replaces a file with what a stream gives.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="cancellation">Gives up, which leaves the file as it was.</param>
    /// <returns>How many bytes were written.</returns>
    public static Task<long> WriteAsync(string path, Stream content, CancellationToken cancellation) => Write(path, async temporary =>
    {
        var file = File.Create(temporary);
        await using (file.ConfigureAwait(false))
        {
            await content.CopyToAsync(file, cancellation).ConfigureAwait(false);
            return file.Length;
        }
    });

    private static async Task<long> Write(string path, Func<string, Task<long>> write)
    {
        var target = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Environment.ProcessId}.tmp");
        try
        {
            var length = await write(temporary).ConfigureAwait(false);
            File.Move(temporary, target, overwrite: true);
            return length;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
