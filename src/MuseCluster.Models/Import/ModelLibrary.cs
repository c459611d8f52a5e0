using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Import;

/// <summary>Folders that hold models, a folder each.</summary>
/// <param name="folders">The folders, those that come first being looked at first; they need not be there.</param>
public sealed class ModelLibrary(params IReadOnlyList<string> folders)
{
    /// <summary>The folders.</summary>
    public IReadOnlyList<string> Folders => folders;

    /// <summary>The folders of all models, by name.</summary>
    public IReadOnlyList<string> Models =>
    [
        .. folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateDirectories(f)).Where(HasManifest)
            .DistinctBy(f => Path.GetFileName(f), StringComparer.Ordinal).OrderBy(f => Path.GetFileName(f), StringComparer.Ordinal),
    ];

    /// <summary>The folder of a model.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>The folder, or null where there is none.</returns>
    public string? Find(string name) => ModelName.IsValid(name) ? folders.Select(f => Path.Combine(f, name)).FirstOrDefault(HasManifest) : null;

    /// <summary>Whether all that a model's folder has of its weights are links.</summary>
    /// <param name="folder">The model's folder.</param>
    public static bool IsLinked(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos().All(e => e.LinkTarget is not null || e.Name == ModelManifest.FileName);

    /// <summary>Bytes of the files that a manifest has hashes of, each counted once; 0 for those that are not there.</summary>
    /// <param name="manifest">The manifest, loaded from its folder.</param>
    public static long SizeOnDisk(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Sha256.Keys.Sum(f => SizeOf(manifest.PathOf(f)));
    }

    /// <summary>Bytes of a file, or of what it links to; 0 where it is not there.</summary>
    /// <param name="path">The file.</param>
    public static long SizeOf(string path) =>
        (FileInfo?)new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target ? target.Exists ? target.Length : 0
        : new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>The size of a model's pictures, in pixels.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="FormatException">The model is damaged.</exception>
    public static (int Width, int Height) PictureSize(string folder)
    {
        using var model = MuseModel.Load(folder, CPU, ModelParts.None);
        return (model.Width, model.Height);
    }

    /// <summary>Removes a model's folder. What its links point to stays.</summary>
    /// <param name="folder">The model's folder.</param>
    public static void Remove(string folder) => NewFolder.Remove(folder);

    private static bool HasManifest(string folder) => Path.GetFileName(folder) is [not '.', ..] && File.Exists(Path.Combine(folder, ModelManifest.FileName));
}
