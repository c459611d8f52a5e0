using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Stages;
using MuseCluster.Models.Tokenizers;

namespace MuseCluster.Models.Import;

/// <summary>
/// Makes model folders of what the families publish: recognises each file's family and stage, checks every tensor against its
/// network, hashes, and links to the weights where they lie, or copies them.
/// </summary>
public static class ModelImporter
{
    /// <summary>Makes a model of folders.</summary>
    /// <param name="folders">At least one: a pipeline, a model of this project's own layout, or parts that together make a model.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of bytes copied and hashed.</param>
    /// <param name="cancellation">Stops the work; nothing is left then.</param>
    /// <returns>The manifest as it lies in the new folder, whole.</returns>
    /// <exception cref="ModelImportException">The folders make no model, or there is one of its name.</exception>
    /// <exception cref="CheckpointException">Files are wrong, or weights do not fit; everything wrong is named.</exception>
    /// <exception cref="FormatException">A tokenizer is wrong.</exception>
    /// <exception cref="IOException">The disk refused, or no links can be made on it.</exception>
    public static async Task<ModelManifest> AddAsync(
        IReadOnlyList<string> folders, ImportOptions options, IProgress<FileProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(folders.Count);
        string name = options.Name ?? ModelName.Of(folders[0]);
        if (!ModelName.IsValid(name))
            throw new ModelImportException($"'{name}' is no name of a model; expected letters, digits, '-', '_' and '.', at most {ModelName.Longest}, not starting with '.'");
        bool own = File.Exists(Path.Combine(folders[0], ModelManifest.FileName));
        if (folders.Count > 1 && folders.FirstOrDefault(f => File.Exists(Path.Combine(f, ModelManifest.FileName))) is { } whole)
            throw new ModelImportException($"{whole}: has a {ModelManifest.FileName}, so it is a whole model; expected it alone");
        var assembly = own ? null : ModelAssembly.Of(folders.SelectMany(FolderReader.Read), options.Rules);

        string target = Path.Combine(options.Models, name);
        using var folder = new NewFolder(target);
        var files = new StageFiles(folder.Path);
        var manifest = assembly is null ? LinkOwn(folders[0], files) : LinkParts(assembly, files);
        manifest = manifest with { Name = name, Folder = folder.Path, Licence = options.Licence ?? manifest.Licence };
        if (options.Licence is null && assembly is not null)
            manifest = manifest with { Licence = FolderLicence.Of(folders[0]) };

        manifest = Checked(manifest, assembly?.Scheduler, files);
        if (options.Copy)
            await files.CopyAsync(ModelFiles.Named(manifest), progress, cancellation).ConfigureAwait(false);
        manifest = own ? await VerifiedAsync(manifest, progress, cancellation).ConfigureAwait(false) : await manifest.HashFilesAsync(folder.Path, FileProgress.OfHashing(progress), cancellation).ConfigureAwait(false);
        manifest.Save(folder.Path);
        folder.Commit();
        return manifest with { Folder = Path.GetFullPath(target) };
    }

    private static ModelManifest LinkOwn(string source, StageFiles files)
    {
        var manifest = ModelManifest.Load(source);
        files.LinkOwn(source, ModelFiles.Named(manifest));
        return manifest;
    }

    private static ModelManifest LinkParts(ModelAssembly assembly, StageFiles files)
    {
        return new ModelManifest
        {
            Name = "new",
            Description = $"{assembly.Family.Title}: {string.Join(", ", new[] { assembly.Text, assembly.Base, assembly.Superres, assembly.Pixels }.OfType<FoundPart>().Select(p => p.Known.Class))}",
            Licence = FolderLicence.Unknown,
            Text = assembly is { Text: { } text, Tokenizer: { } tokenizer }
                ? Stage("text", text) with { Tokenizer = new TokenizerManifest { Kind = tokenizer.Known.Network!, Files = files.Link("tokenizer", tokenizer.Folder, tokenizer.Files) } }
                : null,
            Base = Stage("base", assembly.Base),
            Superres = assembly.Superres is { } superres ? Stage("superres", superres) : null,
            Pixels = Stage("pixels", assembly.Pixels),
            // Without a class that stands for none there is nothing to be guided away from.
            Defaults = assembly.Text is null ? assembly.Family.Defaults with { Guidance = 0 } : assembly.Family.Defaults,
        };

        StageManifest Stage(string name, FoundPart part) =>
            new() { Network = part.Known.Network!, Weights = files.Link(name, part.Folder, part.Files), Config = part.Config };
    }

    private static ModelManifest Checked(ModelManifest manifest, FoundPart? scheduler, StageFiles files)
    {
        try
        {
            var stages = ModelStages.Read(manifest);
            stages.Inspect(ModelParts.All);
            return scheduler is null
                ? manifest
                : manifest with { Defaults = manifest.Defaults with { Schedule = SchedulerCheck.Schedule(scheduler, stages.Base.Shape.MaskId) } };
        }
        catch (CheckpointException e)
        {
            // The manifest is not written yet: its user knows the parts.
            string part = e.File == manifest.PathOf(ModelManifest.FileName) ? "" : $"{e.File}: ";
            throw new ModelImportException("the parts do not go together, or are not what they say:", [.. e.Problems.Select(p => files.Spoken(part + p))], e);
        }
        catch (TokenizerFormatException e)
        {
            throw new ModelImportException(files.Spoken(e.Message), [], e);
        }
    }

    private static async Task<ModelManifest> VerifiedAsync(ModelManifest manifest, IProgress<FileProgress>? progress, CancellationToken cancellation)
    {
        var mismatches = await manifest.VerifyFilesAsync(FileProgress.OfHashing(progress), cancellation).ConfigureAwait(false);
        return mismatches.Count == 0
            ? manifest
            : throw new ModelImportException("the files are not those that the manifest is of:", [.. mismatches.Select(m => $"{m.File} {m.Problem}")]);
    }
}
