using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;

namespace MuseCluster.Cli.Commands;

/// <summary>Trains the stages of a recipe, or lists where they stand.</summary>
internal sealed class TrainCommand : MuseCommand
{
    private readonly Argument<string[]> _stages = new("STAGE")
    {
        Description = $"The stages to train, in this order; all of them where none is named: {string.Join(", ", TrainingPlan.StageNames)}.",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result =>
        {
            foreach (var token in result.Tokens.Where(t => !TrainingPlan.StageNames.Contains(t.Value)))
                result.AddError(Flag.Wrong("STAGE", token.Value, Spelled.List(TrainingPlan.StageNames, "or")));
            return [.. result.Tokens.Select(t => t.Value)];
        },
    };

    private readonly Option<string?> _recipe = Flag.Path("--recipe", "The recipe: networks, data and how each stage is trained.");
    private readonly Option<string?> _run = Flag.Path("--run", "The folder of the run; what is in it is gone on with.", "FOLDER");
    private readonly Option<int?> _threads = Flag.Number("--threads", "Threads of the tensor library; it chooses where not given.", 1, 1024);
    private readonly Option<string?> _device = Flag.Choice("--device", "Where to train; the processor where not given.", "cpu", "cuda");
    private readonly Option<bool> _list = new("--list") { Description = "List the stages and how far each is, and train nothing." };

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it; the run can be gone on with.</param>
    public TrainCommand(Interruption interruption)
        : base(
            interruption, "train", "Train a model from a recipe. A run that was stopped, or killed, goes on where it was.",
            "muse train --recipe models/shapes/recipe.json --run runs/shapes",
            "muse train text vqgan-base --recipe models/shapes/recipe.json --run runs/shapes --threads 2",
            "muse train --list --recipe models/shapes/recipe.json --run runs/shapes --json")
    {
        _recipe.Required = _run.Required = true;
        Add(_stages);
        foreach (var option in new Option[] { _recipe, _run, _threads, _device, _list })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var folder = parse.GetRequiredValue(_run)!;
        if (File.Exists(folder))
            throw new UsageException(_run.Name, $"'{folder}' is a file; expected a folder");
        var plan = new TrainingPlan(RecipeFile.Load(parse.GetRequiredValue(_recipe)!, _recipe.Name), folder, TimeProvider.System, ChooseDevice(parse.GetValue(_device)));
        var stages = parse.GetValue(_stages) is { Length: > 0 } chosen ? chosen : TrainingPlan.StageNames;
        if (parse.GetValue(_list))
        {
            List(plan, folder, stages, context);
            return;
        }

        if (parse.GetValue(_threads) is { } threads)
            torch.set_num_threads(threads);
        var done = new JsonArray();
        foreach (var stage in stages)
            done.Add(Train(plan, folder, stage, context));
        if (context.Json)
            context.WriteJson(new JsonObject { ["run"] = Path.GetFullPath(folder), ["stages"] = done });
    }

    private torch.Device ChooseDevice(string? device) =>
        device != "cuda" ? torch.CPU
        : torch.cuda.is_available() ? torch.CUDA
        : throw new UsageException(_device.Name, "this libtorch sees no GPU; expected cpu, or LIBTORCH set to a libtorch with CUDA");

    private static JsonObject Train(TrainingPlan plan, string folder, string stage, CommandContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var before = StageState.Of(plan, folder, stage);
        var started = TimeProvider.System.GetTimestamp();
        if (!before.Finished)
        {
            using var display = context.StartProgress();
            display.Report(new ProgressState(stage, before.Step, before.Steps));
            plan.Run(stage, new Progress(display, stage), context.Cancellation);
        }
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        if (!context.Json)
        {
            context.Output.WriteLine(before.Finished
                ? $"{stage}: {(before.Needed ? "was finished" : "not in the recipe")}"
                : $"{stage}: finished in {Durations.Clock(elapsed)}{(before.Step > 0 ? $", from step {before.Step}" : "")}");
            context.Output.Flush();
        }
        return new JsonObject { ["stage"] = stage, ["finished"] = true, ["fromStep"] = before.Step, ["seconds"] = Math.Round(elapsed.TotalSeconds, 3) };
    }

    private static void List(TrainingPlan plan, string folder, IReadOnlyList<string> stages, CommandContext context)
    {
        var states = stages.Select(s => StageState.Of(plan, folder, s)).ToList();
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["run"] = Path.GetFullPath(folder),
                ["stages"] = new JsonArray([.. states.Select(s => (JsonNode)new JsonObject
                {
                    ["stage"] = s.Stage, ["finished"] = s.Finished, ["needed"] = s.Needed, ["step"] = s.Step, ["steps"] = s.Steps,
                })]),
            });
            return;
        }
        ResultTable.Write(context, ["stage", "state", "step>", "steps>"], states.Select(s => (string[])[
            s.Stage,
            !s.Needed ? "not in the recipe" : s.Finished ? "finished" : s.Step > 0 ? "unfinished" : "not started",
            s.Steps > 0 ? s.Step.ToString(CultureInfo.InvariantCulture) : "",
            s.Steps > 0 ? s.Steps.ToString(CultureInfo.InvariantCulture) : "",
        ]));
    }

    private sealed class Progress(ProgressDisplay display, string stage) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => display.Report(new ProgressState(
            stage, value.Step, value.Steps,
            string.Create(CultureInfo.InvariantCulture, $"{value.SamplesPerSecond:F1} samples/s{(value.Loss > 0 ? $"  loss {value.Loss:F4}" : "")}"),
            value.Remaining));
    }
}
