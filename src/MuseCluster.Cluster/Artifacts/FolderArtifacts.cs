namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Artifacts as files of a folder, at the paths of their names; several processes may share it. A file is written under
/// another name, flushed, and then linked to its own: it is there whole or not at all. Its last bytes are an
/// <see cref="ArtifactTrailer"/>. A name cannot also be the folder of others.
/// </summary>
public sealed class FolderArtifacts : IArtifactStore
{
    /// <summary>How old a file of a writer that never finished is when it is removed.</summary>
    internal static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    // No tenant's name starts with '.'.
    private const string Incoming = ".incoming";

    private readonly string _incoming;
    private readonly TimeProvider _time;

    /// <summary>A store in a folder, which <see cref="PrepareAsync"/> makes where it is missing.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="time">Tells the age of unfinished files; the system's where null.</param>
    public FolderArtifacts(string root, TimeProvider? time = null)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _incoming = Path.Combine(Root, Incoming);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The folder's full path.</summary>
    public string Root { get; }

    /// <summary>An artifact's content, where its file was read without a store.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <returns>Without what the store adds to them, if it did.</returns>
    public static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file) => ArtifactTrailer.Content(file);

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        try
        {
            Directory.CreateDirectory(_incoming);
            if (Path.GetDirectoryName(Root) is { } parent)
                DurableLink.Flush(parent);
            foreach (var file in new DirectoryInfo(_incoming).EnumerateFiles())
                if (file.LastWriteTimeUtc < _time.GetUtcNow() - Abandoned)
                    file.Delete();
            var probe = NewFile();
            await File.WriteAllBytesAsync(probe, [], cancellation).ConfigureAwait(false);
            File.Delete(probe);
        }
        catch (Exception e) when (IsStores(e))
        {
            throw new ArtifactException($"the artifact folder '{Root}' cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> WriteAsync(ArtifactName name, Stream content, string contentType, CancellationToken cancellation = default)
    {
        MediaType.Check(contentType);
        var (path, unfinished) = (PathOf(name), NewFile());
        try
        {
            try
            {
                await WriteFileAsync(unfinished, content, contentType, cancellation).ConfigureAwait(false);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return DurableLink.Create(unfinished, path, Root);
            }
            finally
            {
                if (Directory.Exists(_incoming))
                    File.Delete(unfinished);
            }
        }
        catch (Exception e) when (IsStores(e))
        {
            throw new ArtifactException($"artifact '{name}' could not be written in '{Root}': {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<Artifact?> OpenAsync(ArtifactName name, CancellationToken cancellation = default)
    {
        FileStream? file = null;
        try
        {
            if (!Has(name))
                return null;
            file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous);
            var trailer = await ArtifactTrailer.ReadAsync(file, cancellation).ConfigureAwait(false)
                ?? throw new ArtifactException($"artifact '{name}' is damaged: '{file.Name}' does not end as this store ends its files");
            var content = new ChecksumStream(file, name, trailer.Length, trailer.Sha256);
            file = null;
            return new Artifact(content, trailer.Length, trailer.ContentType, trailer.Sha256);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Taken away since it was looked for.
            return null;
        }
        catch (Exception e) when (IsStores(e))
        {
            throw new ArtifactException($"artifact '{name}' could not be opened in '{Root}': {e.Message}", e);
        }
        finally
        {
            if (file is not null)
                await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(ArtifactName name, CancellationToken cancellation = default) => cancellation.IsCancellationRequested
        ? Task.FromCanceled<bool>(cancellation)
        : Task.Run(() => Has(name), cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<ArtifactName> ListAsync(string tenant, string prefix = "", CancellationToken cancellation = default)
    {
        var owned = ArtifactName.PrefixOf(tenant);
        return Walk(owned, owned + prefix, cancellation).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    public Task DeleteAsync(ArtifactName name, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            try
            {
                if (Has(name))
                    File.Delete(PathOf(name));
            }
            catch (Exception e) when (IsStores(e))
            {
                throw new ArtifactException($"artifact '{name}' could not be taken away from '{Root}': {e.Message}", e);
            }
        },
        cancellation);

    private static async Task WriteFileAsync(string path, Stream content, string contentType, CancellationToken cancellation)
    {
        using var source = new ChecksumStream(content);
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            await source.CopyToAsync(file, cancellation).ConfigureAwait(false);
            await file.WriteAsync(ArtifactTrailer.Write(source.Count, source.Sha256, contentType), cancellation).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
    }

    private static bool IsStores(Exception e) => e is IOException or UnauthorizedAccessException;

    private string PathOf(ArtifactName name) => Path.Combine(Root, name.Path);

    private string NewFile() => Path.Combine(_incoming, Guid.NewGuid().ToString("N"));

    // A store whose disk is not mounted has lost nothing.
    private bool Has(ArtifactName name) => File.Exists(PathOf(name)) || (Directory.Exists(_incoming)
        ? false
        : throw new ArtifactException($"artifact '{name}' cannot be looked for: '{Root}' is not there, or is no artifact folder"));

    private IEnumerable<ArtifactName> Walk(string folder, string prefix, CancellationToken cancellation)
    {
        foreach (var entry in Entries(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            var path = folder + entry;
            if (entry[^1] != '/')
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal) && ArtifactName.TryParse(path, out var name))
                    yield return name;
            }
            else if (path.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(path, StringComparison.Ordinal))
                foreach (var name in Walk(path, prefix, cancellation))
                    yield return name;
        }
    }

    // Folders with their '/', so that sorting them sorts the paths.
    private string[] Entries(string folder)
    {
        try
        {
            string[] entries = [.. new DirectoryInfo(Path.Combine(Root, folder)).EnumerateFileSystemInfos().Select(e => e is DirectoryInfo ? e.Name + "/" : e.Name)];
            Array.Sort(entries, StringComparer.Ordinal);
            return entries;
        }
        catch (DirectoryNotFoundException) when (Directory.Exists(_incoming))
        {
            return [];
        }
        catch (Exception e) when (IsStores(e))
        {
            throw new ArtifactException($"the artifacts of '{folder}' in '{Root}' cannot be listed: {e.Message}", e);
        }
    }
}
