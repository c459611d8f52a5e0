using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Commands.Cluster;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Ledger;
using MuseCluster.LocalCluster;
using MuseCluster.LocalCluster.Servers;
using MuseCluster.Simulation;

namespace MuseCluster.Cli.Commands;

/// <summary>Measures how fast and how fairly this machine's dispatcher and ledger pass items on, with simulated silos.</summary>
internal sealed class DispatchBenchCommand : MuseCommand
{
    private readonly Option<int?> _items = Flag.Number("--items", "Items of the largest run; the others are the powers of ten from 1000 on below it. 1000000 where not given.", DispatchBenchmarkOptions.LeastItems, 10_000_000);
    private readonly Option<int?> _silos = Flag.Number("--silos", "Simulated silos. 1000 where not given.", 1, 100_000);
    private readonly Option<int?> _capacity = Flag.Number("--capacity", "Items that each of a silo's four grains holds at once. 4 where not given.", 1, 4096);
    private readonly Option<int?> _seed = Flag.Number("--seed", "From which latencies are drawn. 1 where not given.", 0, int.MaxValue);
    private readonly Option<string?> _ledger = ClusterFlags.Ledger("An empty database, which keeps what the runs make. A PostgreSQL of its own, gone afterwards, where not given.");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public DispatchBenchCommand(Interruption interruption)
        : base(
            interruption, "dispatch", "Measure how fast items go from the ledger through the dispatcher to their end, whether tenants of weights 1, 2 and 4 get their shares, and how long an interactive item waits behind all others.",
            "muse bench dispatch",
            "muse bench dispatch --items 100000 --silos 100 --json",
            "muse bench dispatch --ledger postgres://muse@127.0.0.1/bench")
    {
        foreach (var option in new Option[] { _items, _silos, _capacity, _seed, _ledger })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var options = new DispatchBenchmarkOptions
        {
            Items = DispatchBenchmarkOptions.UpTo(parse.GetValue(_items) ?? 1_000_000),
            Cluster = new SimulationOptions
            {
                Silos = parse.GetValue(_silos) ?? 1000,
                Capacity = parse.GetValue(_capacity) ?? 4,
                Latency = new LatencyModel { Seed = (ulong)(parse.GetValue(_seed) ?? 1) },
            },
        };
        var load = Load();
        var runs = RunAsync(parse.GetValue(_ledger), options, context).GetAwaiter().GetResult();
        if (context.Json)
            context.WriteJson(Json(options, load, runs));
        else
            Print(context, options, load, runs);
    }

    private static async Task<IReadOnlyList<DispatchRun>> RunAsync(string? connection, DispatchBenchmarkOptions options, CommandContext context)
    {
        using var display = context.StartProgress();
        if (connection is not null)
            return await MeasureAsync(connection, options, display, context.Cancellation).ConfigureAwait(false);
        var folder = Directory.CreateTempSubdirectory("muse-bench-").FullName;
        // PostgreSQL runs as another user, who has to reach its data.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            display.Report(new ProgressState("starting PostgreSQL", 0, 0));
            var server = new PostgresServer(Path.Combine(folder, "postgres"), outlive: false);
            await using var disposing = server.ConfigureAwait(false);
            await server.StartAsync(context.Cancellation).ConfigureAwait(false);
            return await MeasureAsync(server.Connection, options, display, context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<DispatchRun>> MeasureAsync(string connection, DispatchBenchmarkOptions options, ProgressDisplay display, CancellationToken cancellation)
    {
        var ledger = await SqlLedger.OpenAsync(connection, TimeProvider.System, cancellation).ConfigureAwait(false);
        await using var disposing = ledger.ConfigureAwait(false);
        var progress = new Relay<DispatchProgress>(p => display.Report(new ProgressState(p.Doing, p.Done, p.Total)));
        return await new DispatchBenchmark(ledger, options, progress).RunAsync(cancellation).ConfigureAwait(false);
    }

    private static void Print(CommandContext context, DispatchBenchmarkOptions options, double load, IReadOnlyList<DispatchRun> runs)
    {
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Cluster.Silos} simulated silos, {runs[0].Window} items in flight at most, {Environment.ProcessorCount} cores, load before {load:F1}"));
        context.Output.WriteLine();
        ResultTable.Write(
            context,
            ["items>", "submit/s>", "dispatch+end/s>", "us/item>", "growth>", "most in flight>", "shares>", "off by>", "interactive: overtaken by>", "starts ms>", "ends ms>"],
            runs.Select(r => (string[])
            [
                $"{r.Items}", Text(r.SubmitRate, "0"), Text(r.DispatchRate, "0"), Text(r.Micros, "0.0"), Text(Growth(r, runs), "0.00x"), $"{r.MostInFlight}",
                string.Join(" : ", r.Shares.Values.Select(s => Text(s / r.Shares.Values.First(), "0.00"))), Text(r.Unfairness, "0.00%"),
                $"{r.Overtakers}", Text(r.StartSeconds * 1000, "0"), Text(r.EndSeconds * 1000, "0"),
            ]));
        context.Output.WriteLine("Time per item leaves out the latency of the last; growth is from the first run. Shares are those while tenants of weights 1, 2 and 4 all wait, expected 1 : 2 : 4.");
    }

    private static JsonObject Json(DispatchBenchmarkOptions options, double load, IReadOnlyList<DispatchRun> runs) => new()
    {
        ["silos"] = options.Cluster.Silos,
        ["capacity"] = options.Cluster.Capacity,
        ["cores"] = Environment.ProcessorCount,
        ["load"] = load,
        ["runs"] = new JsonArray([.. runs.Select(r => new JsonObject
        {
            ["items"] = r.Items,
            ["submitPerSecond"] = r.SubmitRate,
            ["dispatchPerSecond"] = r.DispatchRate,
            ["latencySeconds"] = r.LatencySeconds,
            ["microsPerItem"] = r.Micros,
            ["growth"] = Growth(r, runs),
            ["window"] = r.Window,
            ["mostInFlight"] = r.MostInFlight,
            ["shares"] = new JsonObject(r.Shares.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
            ["unfairness"] = r.Unfairness,
            ["interactiveOvertakenBy"] = r.Overtakers,
            ["interactiveStartSeconds"] = r.StartSeconds,
            ["interactiveEndSeconds"] = r.EndSeconds,
        })]),
    };

    private static double Growth(DispatchRun run, IReadOnlyList<DispatchRun> runs) => run.Micros / runs[0].Micros;

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static double Load()
    {
        const string File = "/proc/loadavg";
        return System.IO.File.Exists(File) ? double.Parse(System.IO.File.ReadAllText(File).Split(' ')[0], CultureInfo.InvariantCulture) : -1;
    }
}
