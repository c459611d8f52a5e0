using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;
using MuseCluster.LocalCluster.Chaos;
using MuseCluster.LocalCluster.Processes;
using MuseCluster.LocalCluster.Silos;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Runs work through a cluster while everything breaks, and checks that nothing shows.</summary>
internal sealed class ChaosCommand : MuseCommand
{
    private const string Silos = "text+gateway=1,text+pixels+gateway=1,base=2,superres=1,superres+pixels=1";
    private readonly Option<int?> _items = Flag.Number("--items", "Items of a round. 2000 where not given.", 10, 1_000_000);
    private readonly Option<double?> _minutes = Flag.Number("--minutes", "Rounds follow each other until this long has passed; one round where not given.", 0.0, 10_000);
    private readonly Option<int?> _seed = Flag.Number("--seed", "From which items and faults are drawn. 1 where not given.", 0, int.MaxValue);
    private readonly Option<double?> _between = Flag.Number("--between", "Mean seconds between two disturbances. 3 where not given.", 0.1, 3600);
    private readonly Option<string?> _mesh = ClusterFlags.Mesh();
    private readonly Option<int?> _nodes = Flag.Number("--rabbitmq-nodes", "RabbitMQ's nodes. 1 where not given.", 1, 7);
    private readonly Option<string?> _silos = Flag.Parsed<string?>("--silos", "LIST", $"The silos. {Silos} where not given.", SiloSpec.Expected, text => SiloSpec.ParseAll(text) is null ? null : text);
    private readonly Option<string?> _folder = Flag.Path("--folder", "Where data and logs go, and stay; a temporary folder where not given.", "FOLDER");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ChaosCommand(Interruption interruption)
        : base(
            interruption, "chaos",
            "Run items of five tenants through a cluster of six silos while silos and servers are killed, messages are duplicated and delayed, and one item in a hundred is poison; then check that nothing is lost, nothing is there twice and every picture is the one that an undisturbed run makes.",
            "muse chaos",
            "muse chaos --items 200 --seed 7",
            "muse chaos --minutes 60 --mesh rabbitmq --rabbitmq-nodes 3 --json")
    {
        foreach (var option in new Option[] { _items, _minutes, _seed, _between, _mesh, _nodes, _silos, _folder })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var report = RunAsync(parse, context).GetAwaiter().GetResult();
        if (context.Json)
            context.WriteJson(JsonSerializer.SerializeToNode(report, new JsonSerializerOptions(JsonSerializerDefaults.Web))!);
        else
            Show(context, report);
        if (!report.Passed)
            throw new InvalidOperationException($"the cluster did not hold what it promises: {report.Lost} lost, {report.Duplicated} duplicated, {report.FailedGood.Count} good items failed, {report.DonePoison} poison items did not, {report.Different.Count} pictures differ");
    }

    private async Task<ChaosReport> RunAsync(ParseResult parse, CommandContext context)
    {
        var kept = parse.GetValue(_folder);
        var folder = kept is null ? DataFolder.CreateTemporary("muse-chaos-") : DataFolder.Create(kept);
        torch.set_num_threads(Environment.ProcessorCount);
        using var model = ModelFolder.Load(ModelFolder.Default, "--model", torch.CPU);
        var options = new ChaosOptions
        {
            Seed = parse.GetValue(_seed) ?? 1,
            Items = parse.GetValue(_items) ?? 2000,
            Length = TimeSpan.FromMinutes(parse.GetValue(_minutes) ?? 0),
            Between = TimeSpan.FromSeconds(parse.GetValue(_between) ?? 3),
        };
        using var display = context.StartProgress();
        var cluster = new DevelopmentCluster(new DevelopmentClusterOptions
        {
            Folder = folder,
            Muse = MuseProgram.Command,
            Azurite = MuseProgram.Azurite,
            Silos = SiloSpec.ParseAll(parse.GetValue(_silos) ?? Silos)!,
            Model = ModelFolder.Find(ModelFolder.Default, "--model"),
            Mesh = ClusterFlags.MeshOf(parse, _mesh),
            RabbitMqNodes = parse.GetValue(_nodes) ?? 1,
            SiloFlags = ChaosRun.SiloFlags,
            StartFlags = ChaosRun.Faults(options.Seed),
        });
        try
        {
            display.Report(new ProgressState("starting servers and silos", 0, 0));
            await cluster.StartServersAsync(null, context.Cancellation).ConfigureAwait(false);
            await cluster.StartSilosAsync(null, context.Cancellation).ConfigureAwait(false);
            var run = new ChaosRun(cluster, model, options, new Relay<ChaosProgress>(p => display.Report(new ProgressState("items", p.Ended, p.Items, p.Doing))));
            return await run.RunAsync(context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (kept is null)
                await cluster.DisposeAsync().ConfigureAwait(false);
            else
                await cluster.StopAsync().ConfigureAwait(false);
        }
    }

    private static void Show(CommandContext context, ChaosReport report)
    {
        ResultTable.Write(context, ["what", "count>"], new (string What, int Count)[]
        {
            ("items", report.Items), ("attempts", report.Attempts), ("acknowledged", report.Acknowledged), ("lost", report.Lost), ("duplicated", report.Duplicated),
            ("recovered", report.Recovered), ("pictures as undisturbed", report.Identical), ("pictures that differ", report.Different.Count),
            ("poison items failed", report.FailedPoison), ("good items failed", report.FailedGood.Count),
        }.Concat(report.Disturbances.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (d.Key, d.Value))).Select(r => (string[])[r.Item1, r.Item2.ToString(CultureInfo.InvariantCulture)]));
        foreach (var problem in report.FailedGood.Concat(report.Different).Take(10))
            context.Output.WriteLine(problem);
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0} s, {report.Items / report.Seconds:0.0} items/s"));
    }
}
