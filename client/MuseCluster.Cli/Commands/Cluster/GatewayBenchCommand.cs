using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;
using MuseCluster.LocalCluster.GatewayLoad;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Measures what a gateway holds out.</summary>
internal sealed class GatewayBenchCommand : MuseCommand
{
    private readonly Option<int?> _lines = Flag.Number("--lines", "Lines of the batch whose silo is killed. 10000 where not given.", 100, 50_000);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public GatewayBenchCommand(Interruption interruption)
        : base(
            interruption, "gateway", "Measure how long batches of 1,000 to 50,000 lines take into the ledger and what memory the gateway needs for them; then 200 connections of three tenants beyond their limits for a minute; then a batch whose silo is killed in the middle.",
            "muse bench gateway", "muse bench gateway --lines 500 --json") => Add(_lines);

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var report = RunAsync(parse.GetValue(_lines) ?? 10_000, context).GetAwaiter().GetResult();
        if (context.Json)
        {
            context.WriteJson(JsonSerializer.SerializeToNode(report, new JsonSerializerOptions(JsonSerializerDefaults.Web))!);
            return;
        }
        ResultTable.Write(context, ["batch, lines>", "upload, s>", "into the ledger, s>", "gateway's memory, MiB>"], report.Batches.Select(b => (string[])
            [Text(b.Lines, "0"), Text(b.UploadSeconds, "0.00"), Text(b.SubmitSeconds, "0.00"), Text(b.MemoryMiB, "0")]));
        context.Output.WriteLine();
        ResultTable.Write(context, ["tenant", "sent>", "let in>", "may be>", "429>", "wrong>", "waiting>", "may wait>"], report.Load.Tenants.Select(t => (string[])
            [t.Tenant, Text(t.Sent, "0"), Text(t.LetIn, "0"), Text(t.MayHave, "0"), Text(t.TooMany, "0"), Text(t.Wrong, "0"), Text(t.Waiting, "0"), Text(t.MayWait, "0")]));
        context.Output.WriteLine();
        ResultTable.Write(context, ["what", "value>"],
            [["requests/s", Text(report.Load.PerSecond, "0")], ["reads, median, ms", Text(report.Load.ReadMedian, "0.0")], ["reads, 99 %, ms", Text(report.Load.Read99, "0.0")]]);
        context.Output.WriteLine();
        var restart = report.Restart;
        ResultTable.Write(context, ["killed in the middle", "value>"],
        [
            ["lines", Text(restart.Lines, "0")], ["done when it was killed", Text(restart.DoneBefore, "0")], [$"completed in the end ({restart.Status})", Text(restart.Completed, "0")], ["failed", Text(restart.Failed, "0")],
            ["lines of output, different ids", $"{Text(restart.Output, "0")}, {Text(restart.Distinct, "0")}"], ["dispatched again", Text(restart.Again, "0")],
        ]);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static async Task<GatewayReport> RunAsync(int lines, CommandContext context)
    {
        var folder = DataFolder.CreateTemporary("muse-gateway-");
        using var display = context.StartProgress();
        try
        {
            var options = new DevelopmentClusterOptions { Folder = folder, Muse = MuseProgram.Command, Azurite = MuseProgram.Azurite, Silos = [], Model = ModelFolder.Find(ModelFolder.Default, "--model"), SiloFlags = [] };
            return await new GatewayBenchmark(options, lines, new Relay<(string What, int Done, int Items)>(p => display.Report(new ProgressState(p.What, p.Done, p.Items)))).RunAsync(context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
