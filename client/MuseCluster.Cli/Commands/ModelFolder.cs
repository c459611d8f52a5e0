using System.CommandLine;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands;

/// <summary>Finds and loads the model that a user names.</summary>
internal static class ModelFolder
{
    /// <summary>The model that is used where none is named.</summary>
    public const string Default = "shapes";

    /// <summary>The environment variable that names the folder of models.</summary>
    public const string Variable = "MUSE_MODELS";

    private const string Folder = "models";
    private const string Solution = "MuseCluster.sln";

    /// <summary>The folder of models that the environment names, else the repository's; null where there is none.</summary>
    public static string? Models => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? Path.GetFullPath(named) : OfRepository;

    /// <summary>The folder of the repository's models; null where there is none.</summary>
    public static string? OfRepository => Root() is { } root && Path.Combine(root, Folder) is var models && Directory.Exists(models) ? models : null;

    /// <summary>A flag that names the folder of models.</summary>
    public static Option<string?> Flagged() =>
        Flag.Path("--models", $"The folder of models, and where new ones go; {Variable} where not given, else the repository's models.", "FOLDER");

    /// <summary>Where models are looked for: the folder that a flag names alone, or else that of the environment and the repository's.</summary>
    /// <param name="folder">The flag's value.</param>
    public static ModelLibrary Library(string? folder = null) =>
        folder is null ? new ModelLibrary([.. new[] { Models, OfRepository }.OfType<string>().Distinct()]) : new ModelLibrary(Path.GetFullPath(folder));

    /// <summary>Loads a model.</summary>
    /// <param name="model">A model folder, or the name of one among the models.</param>
    /// <param name="flag">The flag that named it.</param>
    /// <param name="device">Where its networks go.</param>
    /// <param name="models">The folder of models that a flag names.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="UsageException">There is no such model.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static MuseModel Load(string model, string flag, torch.Device device, string? models = null) => MuseModel.Load(Find(model, flag, models), device);

    /// <summary>Finds a model.</summary>
    /// <param name="model">A model folder, or the name of one among the models.</param>
    /// <param name="flag">The flag that named it.</param>
    /// <param name="models">The folder of models that a flag names.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="UsageException">There is no such model.</exception>
    public static string Find(string model, string flag, string? models = null)
    {
        var library = Library(models);
        var found = File.Exists(Path.Combine(model, ModelManifest.FileName)) ? model : library.Find(model);
        return found is not null ? Path.GetFullPath(found) : throw new UsageException(
            flag, $"there is no model '{model}'; expected a folder with {ModelManifest.FileName}{(library.Models.Count > 0 ? $", or one of {string.Join(", ", library.Models.Select(f => Path.GetFileName(f)))}" : "")}");
    }

    private static string? Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
                return folder.FullName;
        return null;
    }
}
