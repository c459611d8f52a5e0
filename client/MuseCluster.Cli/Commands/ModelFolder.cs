using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands;

/// <summary>Finds and loads the model that a user names.</summary>
internal static class ModelFolder
{
    /// <summary>The model that is used where none is named.</summary>
    public const string Default = "shapes";

    private const string Folder = "models";
    private const string Solution = "MuseCluster.sln";

    /// <summary>The folder of the repository's models; null where there is none.</summary>
    public static string? Models => Root() is { } root && Path.Combine(root, Folder) is var models && Directory.Exists(models) ? models : null;

    /// <summary>Loads a model.</summary>
    /// <param name="model">A model folder, or the name of one among the repository's models.</param>
    /// <param name="flag">The flag that named it.</param>
    /// <param name="device">Where its networks go.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="UsageException">There is no such model.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static MuseModel Load(string model, string flag, torch.Device device)
    {
        return MuseModel.Load(Find(model, flag), device);
    }

    /// <summary>Finds a model.</summary>
    /// <param name="model">A model folder, or the name of one among the repository's models.</param>
    /// <param name="flag">The flag that named it.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="UsageException">There is no such model.</exception>
    public static string Find(string model, string flag) => Find(model) is { } folder ? Path.GetFullPath(folder) : throw new UsageException(
        flag, $"there is no model '{model}'; expected a folder with {ModelManifest.FileName}{(Named() is { Count: > 0 } names ? $", or one of {string.Join(", ", names)}" : "")}");

    private static string? Find(string model)
    {
        if (File.Exists(Path.Combine(model, ModelManifest.FileName)))
            return model;
        var named = Models is { } models ? Path.Combine(models, model) : null;
        return named is not null && File.Exists(Path.Combine(named, ModelManifest.FileName)) ? named : null;
    }

    private static List<string> Named() =>
        Models is { } models
            ? [.. Directory.EnumerateDirectories(models).Where(f => File.Exists(Path.Combine(f, ModelManifest.FileName))).Select(f => Path.GetFileName(f)).Order()]
            : [];

    private static string? Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
                return folder.FullName;
        return null;
    }
}
