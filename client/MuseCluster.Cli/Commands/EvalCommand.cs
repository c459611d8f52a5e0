using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Torch;
using MuseCluster.Training.Evaluation;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Cli.Commands;

/// <summary>Measures how often pictures show what their captions claim.</summary>
internal sealed class EvalCommand : MuseCommand
{
    private const int SheetPictures = 100;
    private static readonly (string Name, Func<ClaimTally, WilsonInterval> Rate)[] Claims =
    [
        ("all claims", t => t.All), ("colour", t => t.Color), ("shape", t => t.Shape), ("count", t => t.Count), ("relation", t => t.Relation), ("background", t => t.Background),
    ];

    private readonly Argument<string> _world = new("WORLD") { Description = "What to evaluate on: shapes.", Arity = ArgumentArity.ExactlyOne };
    private readonly Option<int?> _perKind = Flag.Number("--per-kind", "Captions of each of the four kinds, half of them with held-out pairs. 100 where not given.", 1, 100_000);
    private readonly Option<int?> _backgrounds = Flag.Number("--backgrounds", "Captions of all kinds that name a background. 100 where not given.", 0, 100_000);
    private readonly Option<ulong?> _seed = Flag.Number("--seed", "The seed of captions and pictures. 1 where not given.", 0UL, ulong.MaxValue);
    private readonly Option<string?> _out = Flag.Path("--out", "A contact sheet to write, wrong pictures framed in red. eval-shapes.png where not given.");
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name under models/.", "MODEL");
    private readonly Option<string?> _stage = Flag.Choice("--stage", "What to measure: base alone, its grids shown by the preview stage; superres alone, on the base grids of drawn scenes; pixels alone, on the last grids of drawn scenes; all of it where not given.", "base", "superres", "pixels");
    private readonly Option<string?> _recipe = Flag.Path("--recipe", "Drawn scenes are placed as this recipe places them; as the model's recipe.json does where not given.");
    private readonly Option<int?> _threads = Flag.Number("--threads", "Threads of the tensor library; one per core where not given.", 1, 1024);
    private readonly GenerationFlags _generation = new();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public EvalCommand(Interruption interruption)
        : base(
            interruption, "eval", "Measure how often pictures show what their captions claim, pairs seen in training and held-out pairs apart.",
            "muse eval shapes",
            "muse eval shapes --per-kind 20 --backgrounds 20 --guidance 4 --json",
            "muse eval shapes --stage superres")
    {
        Add(_world);
        foreach (var option in new Option[] { _perKind, _backgrounds, _seed, _out, _model, _stage, _recipe }.Concat(_generation.All).Append(_threads))
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var world = parse.GetRequiredValue(_world);
        if (world != "shapes")
            throw new UsageException(_world.Name, $"'{world}' is wrong; expected shapes");
        var sheet = parse.GetValue(_out) ?? "eval-shapes.png";
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(sheet))))
            throw new UsageException(_out.Name, $"the folder of '{sheet}' is not there; expected a file in a folder that is");
        var seed = parse.GetValue(_seed) ?? 1;

        torch.set_num_threads(parse.GetValue(_threads) ?? Environment.ProcessorCount);
        using var model = ModelFolder.Load(parse.GetValue(_model) ?? ModelFolder.Default, _model.Name, torch.CPU);
        var stages = parse.GetValue(_stage) switch { "base" => EvaluatedStages.Base, "superres" => EvaluatedStages.Superres, "pixels" => EvaluatedStages.Pixels, _ => EvaluatedStages.All };
        if (ShapesEvaluation.Problem(model, stages) is { } problem)
            throw new UsageException(_stage.Name, problem);
        var positions = stages is EvaluatedStages.Superres or EvaluatedStages.Pixels ? RecipeFile.Load(parse.GetValue(_recipe) ?? model.Manifest.PathOf("recipe.json"), _recipe.Name).World.Positions : null;
        var captions = EvaluationCaptions.Create(parse.GetValue(_perKind) ?? 100, parse.GetValue(_backgrounds) ?? 100, seed, positions);
        ShapesEvaluation evaluation;
        using (var display = context.StartProgress())
            evaluation = ShapesEvaluation.Run(
                model, captions, text => _generation.Apply(parse, GenerationRequest.From(text, seed, model.Manifest.Defaults)), stages,
                new Progress(display, captions.Count), context.Cancellation);
        WholeFile.Write(sheet, Png.Encode(evaluation.Sheet(SheetPictures)));
        Print(context, evaluation, sheet);
    }

    private static void Print(CommandContext context, ShapesEvaluation evaluation, string sheet)
    {
        var groups = new (string Name, ClaimTally Tally)[]
        {
            ("seen pairs", evaluation.Tally(p => p.Caption.Split == SceneSplit.Seen)),
            ("held-out pairs", evaluation.Tally(p => p.Caption.Split == SceneSplit.HeldOut)),
            ("all", evaluation.Tally()),
        };
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["pictures"] = evaluation.Pictures.Count,
                ["groups"] = new JsonObject(groups.Select(g => KeyValuePair.Create(g.Name, (JsonNode?)new JsonObject(Claims.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)Json(c.Rate(g.Tally)))))))),
                ["sheet"] = Path.GetFullPath(sheet),
            });
            return;
        }
        ResultTable.Write(context, ["claim", .. groups.Select(g => g.Name + ">")], Claims.Select(c => (string[])[c.Name, .. groups.Select(g => Show(c.Rate(g.Tally)))]));
        var kinds = Enum.GetValues<CaptionKind>().Select(k => (string[])[
            k.ToString().ToLowerInvariant(),
            .. new[] { SceneSplit.Seen, SceneSplit.HeldOut }.Select(s => Show(evaluation.Tally(p => p.Caption.Split == s && p.Caption.Caption.Kind == k).All)),
            Show(evaluation.Tally(p => p.Caption.Caption.Kind == k).All),
        ]);
        context.Output.WriteLine();
        ResultTable.Write(context, ["all claims, by kind of caption", .. groups.Select(g => g.Name + ">")], kinds);
        context.Output.WriteLine($"\n{evaluation.Pictures.Count} pictures, 95 % confidence intervals (Wilson); contact sheet: {sheet}");
    }

    private static string Show(WilsonInterval rate) => rate.Trials == 0 ? "-" : rate.ToString();

    private static JsonNode Json(WilsonInterval rate) => new JsonObject
    {
        ["right"] = rate.Successes, ["of"] = rate.Trials, ["rate"] = Number(rate.Rate), ["low"] = Number(rate.Low), ["high"] = Number(rate.High),
    };

    // Of no trials there is no rate, and JSON has no NaN.
    private static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;

    private sealed class Progress(ProgressDisplay display, int total) : IProgress<int>
    {
        public void Report(int value) => display.Report(new ProgressState("evaluating", value, total, string.Create(CultureInfo.InvariantCulture, $"{value} pictures")));
    }
}
