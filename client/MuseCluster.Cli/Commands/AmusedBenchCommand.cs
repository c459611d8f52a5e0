using System.CommandLine;
using MuseCluster.Bench;
using MuseCluster.Bench.Amused;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;

namespace MuseCluster.Cli.Commands;

/// <summary>Measures aMUSEd's transformer against PyTorch on this machine.</summary>
internal sealed class AmusedBenchCommand : MuseCommand
{
    private readonly Option<int?> _rounds = Flag.Number("--rounds", "Rounds in which both sides run forwards in turns. 5 where not given.", 1, 1000);
    private readonly Option<int?> _loads = Flag.Number("--loads", "How often the network is loaded from a warm file, and from a cold one. 3 where not given.", 1, 1000);
    private readonly Option<int?> _decodings = Flag.Number("--decodings", "Decodings of a picture: minutes each on two cores. 1 where not given.", 0, 1000);
    private readonly Option<int?> _threads = Flag.Number("--threads", "Threads of the tensor library, on both sides; one per core where not given.", 1, 1024);
    private readonly Option<string?> _keep = Flag.Path("--keep", "Where the network is written, 2.4 GB, and stays. A temporary folder where not given.", "FOLDER");
    private readonly Option<string?> _python = Flag.Path("--python", "A Python with PyTorch on the same libtorch. Debian's, /usr/bin/python3, where not given.");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public AmusedBenchCommand(Interruption interruption)
        : base(
            interruption, "amused", "Measure aMUSEd's transformer (604 million random weights) against PyTorch: a forward, loading, memory, and a guided decoding.",
            "muse bench amused",
            "muse bench amused --rounds 10 --decodings 0 --json",
            "muse bench amused --keep amused-random --threads 2")
    {
        foreach (var option in new Option[] { _rounds, _loads, _decodings, _threads, _keep, _python })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var usual = new AmusedBenchOptions();
        var options = usual with
        {
            Rounds = parse.GetValue(_rounds) ?? usual.Rounds,
            Loads = parse.GetValue(_loads) ?? usual.Loads,
            Decodings = parse.GetValue(_decodings) ?? usual.Decodings,
            Threads = parse.GetValue(_threads) ?? usual.Threads,
            Folder = parse.GetValue(_keep),
            Python = parse.GetValue(_python) ?? usual.Python,
        };
        AmusedReport report;
        using (var display = context.StartProgress())
            report = new AmusedBenchmark(options, new Relay<BenchProgress>(p => display.Report(new ProgressState("bench", p.Done, p.Total, p.Part)))).Run(context.Cancellation);
        if (context.Json)
            context.WriteJson(report.ToJson());
        else
            BenchTables.Write(context, FormattableString.Invariant($"aMUSEd's transformer, {report.Weights / 1e6:F0} million weights"), report.Machine, report.Tables());
    }
}
