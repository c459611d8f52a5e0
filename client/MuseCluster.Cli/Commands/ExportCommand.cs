using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;

namespace MuseCluster.Cli.Commands;

/// <summary>Makes a model folder of a finished training run.</summary>
internal sealed class ExportCommand : MuseCommand
{
    private readonly Option<string?> _recipe = Flag.Path("--recipe", "The recipe of the run.");
    private readonly Option<string?> _run = Flag.Path("--run", "The folder of the run; every stage is finished.", "FOLDER");
    private readonly Option<string?> _out = Flag.Path("--out", "The model folder to write; other files in it stay.", "FOLDER");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ExportCommand(Interruption interruption)
        : base(
            interruption, "export", "Make a model folder of a finished training run: weights in half precision, tokenizer, curves, manifest.",
            "muse export --recipe models/shapes/recipe.json --run runs/shapes --out models/shapes")
    {
        foreach (var option in new[] { _recipe, _run, _out })
        {
            option.Required = true;
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var plan = new TrainingPlan(RecipeFile.Load(parse.GetRequiredValue(_recipe)!, _recipe.Name), parse.GetRequiredValue(_run)!, TimeProvider.System);
        var folder = parse.GetRequiredValue(_out)!;
        var manifest = ModelExport.WriteAsync(plan, folder, context.Cancellation).GetAwaiter().GetResult();
        if (context.Json)
            context.WriteJson(new JsonObject { ["name"] = manifest.Name, ["folder"] = Path.GetFullPath(folder), ["files"] = manifest.Sha256.Count });
        else
            context.Output.WriteLine($"{manifest.Name}: {manifest.Sha256.Count} files in {folder}");
    }
}
