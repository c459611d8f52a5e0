using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Compares a model's files with their hashes.</summary>
internal sealed class ModelsVerifyCommand : MuseCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The model: a name that muse models list shows, or a folder." };
    private readonly Option<string?> _models = ModelFolder.Flagged();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ModelsVerifyCommand(Interruption interruption)
        : base(interruption, "verify", "Compare a model's files with the hashes of its manifest; exit code 1 where they differ.", "muse models verify shapes", "muse models verify amused --json")
    {
        Add(_name);
        Add(_models);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var manifest = ModelManifest.Load(ModelFolder.Find(parse.GetRequiredValue(_name), _name.Name, parse.GetValue(_models)));
        IReadOnlyList<FileMismatch> mismatches;
        using (var display = context.StartProgress())
            mismatches = manifest.VerifyFilesAsync(FileProgress.OfHashing(new FileWork(display, TimeProvider.System)), context.Cancellation).GetAwaiter().GetResult();
        if (context.Json)
            context.WriteJson(new JsonObject
            {
                ["name"] = manifest.Name,
                ["files"] = manifest.Sha256.Count,
                ["mismatches"] = new JsonArray([.. mismatches.Select(m => new JsonObject { ["file"] = m.File, ["problem"] = m.Problem })]),
            });
        if (mismatches.Count > 0)
            throw new ModelImportException($"{mismatches.Count} of {manifest.Sha256.Count} files of {manifest.Name} are not those of its manifest:", [.. mismatches.Select(m => $"{m.File} {m.Problem}")]);
        if (!context.Json)
            context.Output.WriteLine($"{manifest.Name}: {manifest.Sha256.Count} files are those of its manifest");
    }
}
