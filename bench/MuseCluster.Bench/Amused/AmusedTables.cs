using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Bench.Reporting;

namespace MuseCluster.Bench.Amused;

/// <summary>The comparison with PyTorch as tables and as JSON.</summary>
public static class AmusedTables
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes the document: every number of the tables, in seconds, bytes and operations.</summary>
    /// <param name="report">The report.</param>
    /// <returns>An object.</returns>
    public static JsonObject ToJson(this AmusedReport report) => (JsonObject)JsonSerializer.SerializeToNode(report, Options)!;

    /// <summary>Writes the tables.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The tables, in the order to print them.</returns>
    public static IReadOnlyList<BenchTable> Tables(this AmusedReport report) =>
        [Forwards(report.Forwards), Products(report), Loads(report), .. report.Decodings is { } decodings ? [Decodings(decodings), Savings(decodings)] : (BenchTable[])[]];

    private static BenchTable Forwards(ForwardComparison forwards) => new(
        "A forward of one picture (goal: at most 1.02 of PyTorch's time)",
        ["side", "median s>", "least>", "most>", "processor s, median>", "least>", "runs>"],
        [
            Times("here", forwards.Ours),
            Times($"PyTorch {forwards.Version}", forwards.PyTorch),
            Times("the same, with our settings of malloc", forwards.PyTorchKeeping),
        ],
        [
            $"Ours by PyTorch's, where it is faster: {N(forwards.Ratio, 3)} by the medians, {N(forwards.LeastRatio, 3)} by the fastest runs; of processor time {N(forwards.ProcessorRatio, 3)} and {N(forwards.LeastProcessorRatio, 3)}.",
            $"In turns, on one file of weights and the same inputs; logits up to {N(forwards.GreatestLogit, 2)} differ by {forwards.GreatestDifference.ToString("0.0e0", CultureInfo.InvariantCulture)} at most.",
            $"Both used {string.Join(", ", forwards.Libraries.Select(Path.GetFileName))}.",
        ]);

    private static BenchTable Products(AmusedReport report)
    {
        var (wall, busy) = (report.Forwards.Ours.Wall.Least, report.Forwards.Ours.Processor.Least);
        IReadOnlyList<string> Part(string name, double seconds, double processor, double work) =>
            [name, N(seconds * 1e3, 1), N(processor * 1e3, 1), Percent(processor / busy), work > 0 ? N(work / 1e9, 1) : "", work > 0 ? N(work / seconds / 1e9, 1) : ""];
        return new BenchTable(
            "Where our forward's time goes: its products computed alone, and the rest (fastest runs)",
            ["what", "ms>", "processor ms>", "of a forward>", "GFLOP>", "GFLOP/s>"],
            [
                .. report.Products.OrderByDescending(k => k.Times.Processor.Least).Select(k => Part(k.Kind, k.Times.Wall.Least, k.Times.Processor.Least, k.Work.Total)),
                Part("normalisations, activations, sums, copies", wall - report.Products.Sum(k => k.Times.Wall.Least), (1 - report.ProductShare) * busy, 0),
                Part("whole forward", wall, busy, report.Products.Sum(k => k.Work.Total)),
            ],
            []);
    }

    private static BenchTable Loads(AmusedReport report) => new(
        "Loading (goals: memory at most 1.05 of the weights; time at most 2 of cat FILE > /dev/null)",
        ["file", "cat s>", "load s>", "first forward s>", "second s>", "all by cat>", "loading alone s>", "by cat>", "processor s>", "memory loaded>", "after a forward>", "of which allocated>", "from disk>"],
        [.. report.Loads.Select((l, i) => (IReadOnlyList<string>)
        [
            (l.Cold ? "cold" : "warm") + (i == 0 ? ", first in the process" : ""), N(l.CatSeconds, 3), N(l.LoadSeconds, 3), N(l.FirstSeconds, 3), N(l.LaterSeconds, 3), N(l.WholeByCat, 2),
            N(l.LoadingSeconds, 3), N(l.LoadingByCat, 2), N(l.LoadingProcessorSeconds, 3), N(l.LoadedByWeights, 3), N(l.RanByWeights, 3), $"{N((l.Ran.Anonymous - l.Before.Anonymous) / 1e6, 0)} MB", $"{N(l.DiskBytes / 1e6, 0)} MB",
        ])],
        [
            "Loading alone is loading and what the first forward takes beyond the second; the whole has a forward's arithmetic in it.",
            $"Memory is what this process has more than before, by {N(report.Loads[0].WeightBytes / 1e6, 0)} MB of weights; what is allocated is the forward's own, and stays for the next.",
        ]);

    private static BenchTable Decodings(DecodingComparison decodings) => new(
        FormattableString.Invariant($"The tokens of one picture in {decodings.Steps} steps with guidance {decodings.Guidance}"),
        ["side", "median s>", "least>", "most>", "processor s, median>", "least>", "runs>"],
        [
            Times("here", decodings.Ours), Times("here, without the savings below", decodings.Plain), Times("PyTorch, as diffusers' pipeline", decodings.PyTorch),
            Times("one pass here", decodings.Pass), Times("one pass, without the savings", decodings.PlainPass),
        ],
        [$"PyTorch takes {N(decodings.Speedup, 3)} times as long by the medians, {N(decodings.ProcessorSpeedup, 3)} of processor time."]);

    private static BenchTable Savings(DecodingComparison decodings)
    {
        var (all, operators) = (decodings.PyTorch.Processor.Least, decodings.PyTorch.Processor.Least - (decodings.Steps * decodings.PlainPass.Processor.Least));
        IReadOnlyList<string> Part(string kind, double seconds) => [kind, N(seconds, 3), Percent(seconds / all)];
        return new BenchTable(
            "What makes the difference, in processor time of one picture",
            ["what", "s>", "of PyTorch's>"],
            [
                Part("fused and in-place operators, attention on the host, no padding of vectors to matrices", operators),
                .. decodings.Savings.Select(s => Part(s.Kind, s.Times.Processor.Least)),
                Part("rest: fewer copies, and what the parts do not add up to", decodings.Spared - decodings.Savings.Sum(s => s.Times.Processor.Least)),
                Part("whole difference", operators + decodings.Spared),
            ],
            ["Each saving is the time of the work that is not done, done by itself; the first line is what stays when none of them is made. All by the fastest runs, passes in turns."]);
    }

    private static IReadOnlyList<string> Times(string side, SideTimes times) =>
        [side, N(times.Wall.Median, 3), N(times.Wall.Least, 3), N(times.Wall.Most, 3), N(times.Processor.Median, 3), N(times.Processor.Least, 3), $"{times.Wall.Seconds.Count}"];

    private static string N(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    private static string Percent(double share) => N(100 * share, 1) + " %";
}
