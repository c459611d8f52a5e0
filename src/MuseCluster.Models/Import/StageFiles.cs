using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Import;

/// <summary>Brings the files of parts into a model's folder: each part's folder as a link, or the files that are needed as copies.</summary>
/// <param name="folder">The model's folder.</param>
internal sealed class StageFiles(string folder)
{
    private const int BufferBytes = 1 << 20;
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);

    /// <summary>Links a part's folder, and says what its files are called then.</summary>
    /// <param name="name">The link's name.</param>
    /// <param name="source">The part's folder.</param>
    /// <param name="files">Full paths of files below it.</param>
    /// <returns>The files, relative to the model's folder, with <c>/</c> between folders.</returns>
    public IReadOnlyList<string> Link(string name, string source, IReadOnlyList<string> files)
    {
        string full = Path.GetFullPath(source), link = Path.Combine(folder, name);
        // A tokenizer beside its network has the network's link.
        if (_sources.FirstOrDefault(s => s.Value == full).Key is { } known)
            name = known;
        else
        {
            Directory.CreateSymbolicLink(link, full);
            _sources.Add(name, full);
        }
        return [.. files.Select(f => $"{name}/{Path.GetRelativePath(full, Path.GetFullPath(f)).Replace(Path.DirectorySeparatorChar, '/')}")];
    }

    /// <summary>A message about files of the model's folder, as one about those that the user named.</summary>
    public string Spoken(string message) =>
        _sources.Aggregate(message, (text, link) => text.Replace(Path.Combine(folder, link.Key), link.Value, StringComparison.Ordinal));

    /// <summary>Links files or folders of a model's own layout under their own names.</summary>
    /// <param name="source">The model's folder.</param>
    /// <param name="files">Files, relative to it.</param>
    public void LinkOwn(string source, IEnumerable<string> files)
    {
        foreach (string top in files.Select(f => f.Split('/')[0]).Distinct(StringComparer.Ordinal))
        {
            string target = Path.GetFullPath(Path.Combine(source, top));
            _sources.Add(top, target);
            if (Directory.Exists(target))
                Directory.CreateSymbolicLink(Path.Combine(folder, top), target);
            else
                File.CreateSymbolicLink(Path.Combine(folder, top), target);
        }
    }

    /// <summary>Puts copies in the place of links.</summary>
    /// <param name="files">The files that are needed, relative to the model's folder.</param>
    /// <param name="progress">Told of bytes copied.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    public async Task CopyAsync(IReadOnlyCollection<string> files, IProgress<FileProgress>? progress, CancellationToken cancellation)
    {
        long total = files.Sum(f => new FileInfo(Path.Combine(folder, f)).Length), done = 0;
        var links = new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => e.LinkTarget is not null).ToDictionary(e => e.Name, e => e.LinkTarget!, StringComparer.Ordinal);
        foreach (string link in links.Keys)
            Delete(Path.Combine(folder, link));
        byte[] buffer = new byte[BufferBytes];
        foreach (string file in files)
        {
            string[] steps = file.Split('/', 2);
            string source = steps.Length == 1 ? links[file] : Path.Combine(links[steps[0]], steps[1]), target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var (from, to) = (File.OpenRead(source), File.Create(target));
            await using (from.ConfigureAwait(false))
            await using (to.ConfigureAwait(false))
            {
                int read;
                while ((read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                    progress?.Report(new FileProgress("copying", file, done += read, total));
                }
            }
        }
    }

    private static void Delete(string link)
    {
        if (Directory.Exists(link))
            Directory.Delete(link);
        else
            File.Delete(link);
    }
}
