namespace MuseCluster.Models.Import;

/// <summary>
/// A folder that comes to be whole or not at all: it is filled under another name beside its own, and renamed at the end.
/// Disposing it before leaves nothing; what its links point to stays.
/// </summary>
internal sealed class NewFolder : IDisposable
{
    private readonly string _target;

    /// <summary>Starts a folder.</summary>
    /// <param name="target">What it will be called; the folder that it is in is made where it is not there.</param>
    /// <exception cref="ModelImportException">There is something of that name already.</exception>
    public NewFolder(string target)
    {
        _target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        RefuseTarget();
        string parent = System.IO.Path.GetDirectoryName(_target)!;
        Directory.CreateDirectory(parent);
        Path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(_target)}.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(Path);
    }

    /// <summary>Where it is filled.</summary>
    public string Path { get; }

    /// <summary>Gives it its name.</summary>
    /// <exception cref="ModelImportException">Something of that name has come meanwhile.</exception>
    public void Commit()
    {
        RefuseTarget();
        Directory.Move(Path, _target);
    }

    /// <inheritdoc/>
    public void Dispose() => Remove(Path);

    /// <summary>Removes a folder with what is in it; of links, the links alone.</summary>
    /// <param name="folder">The folder; nothing happens where it is not there.</param>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null })
                Remove(entry.FullName);
            else
                entry.Delete();
        }
        Directory.Delete(folder);
    }

    private void RefuseTarget()
    {
        if (Directory.Exists(_target) || File.Exists(_target))
            throw new ModelImportException($"{_target}: is there already; expected a name that is free");
    }
}
