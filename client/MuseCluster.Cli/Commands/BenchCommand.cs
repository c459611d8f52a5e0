using System.CommandLine;
using MuseCluster.Bench;
using MuseCluster.Bench.Reporting;
using MuseCluster.Cli.Commands.Cluster;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;
using MuseCluster.Models;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;

namespace MuseCluster.Cli.Commands;

/// <summary>Measures how fast this machine makes pictures, and how much of its arithmetic that uses.</summary>
internal sealed class BenchCommand : MuseCommand
{
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name under models/.", "MODEL");
    private readonly Option<string?> _random = Flag.Path("--random", "Instead of a model, untrained networks of this recipe's shapes: speed depends on no weight.", "RECIPE");
    private readonly Option<bool> _quick = new("--quick") { Description = "Measure everything fewer times." };
    private readonly Option<int?> _threads = Flag.Number("--threads", "Threads of the tensor library; one per core where not given.", 1, 1024);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public BenchCommand(Interruption interruption)
        : base(
            interruption, "bench", "Measure operator calls, decoding, whole pictures against the machine's matrix products, memory, and masked against autoregressive decoding.",
            "muse bench",
            "muse bench --quick --json",
            "muse bench --random models/shapes/recipe.json --threads 2")
    {
        foreach (var option in new Option[] { _model, _random, _quick, _threads })
            Add(option);
        Add(new AmusedBenchCommand(interruption));
        Add(new DispatchBenchCommand(interruption));
        Add(new DistributionBenchCommand(interruption));
        Add(new GatewayBenchCommand(interruption));
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var (model, recipe) = (parse.GetValue(_model), parse.GetValue(_random));
        if (model is not null && recipe is not null)
            throw new UsageException(_random.Name, $"'{recipe}' takes the place of {_model.Name} '{model}'; expected one of both");
        torch.set_num_threads(parse.GetValue(_threads) ?? Environment.ProcessorCount);

        using var untrained = recipe is null ? null : RandomModel.CreateAsync(RecipeFile.Load(recipe, _random.Name), context.Cancellation).GetAwaiter().GetResult();
        MuseModel Load() => untrained is null
            ? ModelFolder.Load(model ?? ModelFolder.Default, _model.Name, torch.CPU)
            : MuseModel.Load(untrained.Folder, torch.CPU);
        BenchReport report;
        using (var display = context.StartProgress())
            report = new Benchmark(Load, torch.CPU, parse.GetValue(_quick) ? BenchOptions.Quick : BenchOptions.Full, new Relay<BenchProgress>(p => display.Report(new ProgressState("bench", p.Done, p.Total, p.Part)))).Run(context.Cancellation);
        if (context.Json)
            context.WriteJson(report.ToJson());
        else
            BenchTables.Write(context, $"{report.Model} on {report.Machine.Device}", report.Machine, report.Tables());
    }
}
