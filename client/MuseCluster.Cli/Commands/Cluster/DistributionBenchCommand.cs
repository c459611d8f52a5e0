using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;
using MuseCluster.LocalCluster.Distribution;
using MuseCluster.LocalCluster.Processes;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Measures what it costs to spread the stages over processes.</summary>
internal sealed class DistributionBenchCommand : MuseCommand
{
    private readonly Option<int?> _items = Flag.Number("--items", "Items of each batch. 400 where not given.", 40, 100_000);
    private readonly Option<string?> _mesh = ClusterFlags.Mesh();
    private readonly Option<int?> _rounds = Flag.Number("--rounds", "Batches through each, by turns. 5 where not given.", 1, 100);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public DistributionBenchCommand(Interruption interruption)
        : base(
            interruption, "distribution", "Measure a batch in one silo against the same in a cluster of a silo per stage with its servers, all on this machine; the time between stages; the bytes on the wire.",
            "muse bench distribution",
            "muse bench distribution --items 200 --rounds 3 --json")
    {
        Add(_items);
        Add(_rounds);
        Add(_mesh);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var report = RunAsync(parse, context).GetAwaiter().GetResult();
        if (context.Json)
        {
            context.WriteJson(JsonSerializer.SerializeToNode(report, new JsonSerializerOptions(JsonSerializerDefaults.Web))!);
            return;
        }
        static string Text(double value, string format = "0.0") => value.ToString(format, CultureInfo.InvariantCulture);
        string Share(Func<DistributionRound, double> share) =>
            $"{Text(report.Median(share), "0.00")} ({Text(report.Rounds.Min(share), "0.00")} to {Text(report.Rounds.Max(share), "0.00")})";
        ResultTable.Write(context, ["what", "value>"],
        [
            ["one silo, pictures/s", Text(report.Embedded)],
            ["cluster, pictures/s", Text(report.Cluster)],
            ["cluster over one silo", Share(r => r.Share)],
            ["cluster with Azurite, pictures/s", Text(report.ClusterWithAzurite)],
            ["cluster with Azurite over one silo", Share(r => r.ShareWithAzurite)],
            ["hop, median, ms", Text(report.HopMedian, "0.00")], ["hop, 99 %, ms", Text(report.Hop99, "0.00")],
            .. report.Bytes.Select(b => (string[])[$"message to {b.Key}, bytes", b.Value.ToString(CultureInfo.InvariantCulture)]),
        ]);
    }

    private async Task<DistributionReport> RunAsync(ParseResult parse, CommandContext context)
    {
        var folder = DataFolder.CreateTemporary("muse-distribution-");
        torch.set_num_threads(Environment.ProcessorCount);
        using var model = ModelFolder.Load(ModelFolder.Default, "--model", torch.CPU);
        using var display = context.StartProgress();
        try
        {
            var options = new DevelopmentClusterOptions
            {
                Folder = folder,
                Muse = MuseProgram.Command,
                Azurite = MuseProgram.Azurite,
                Silos = [],
                Model = ModelFolder.Find(ModelFolder.Default, "--model"),
                Mesh = ClusterFlags.MeshOf(parse, _mesh),
            };
            var progress = new Relay<(string What, int Done, int Items)>(p => display.Report(new ProgressState(p.What, p.Done, p.Items)));
            return await new DistributionBenchmark(options, model, parse.GetValue(_items) ?? 400, parse.GetValue(_rounds) ?? 5, progress).RunAsync(context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
