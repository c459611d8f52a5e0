using System.Globalization;
using MuseCluster.Bench.Autoregressive;
using MuseCluster.Bench.Pictures;
using MuseCluster.Bench.Profiling;

namespace MuseCluster.Bench.Reporting;

/// <summary>A report as tables.</summary>
public static class ReportTables
{
    /// <summary>Writes the tables.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The tables, in the order to print them.</returns>
    public static IReadOnlyList<BenchTable> Tables(this BenchReport report) =>
        [Operators(report), Tokens(report), Pictures(report), Phases(report), .. report.Passes.Select(p => Pass(report, p.Network, p.Profile)), Memory(report), Decodings(report)];

    private static BenchTable Operators(BenchReport report) => new(
        "Microseconds per operator call, and above the same call in C++ (goal: at most 1 us above)",
        ["call", "here>", "C++>", "above>"],
        [.. report.Operators.Select(o => Row(o.Name, N(o.Managed, 3), N(o.Native, 3), N(o.Overhead, 3)))],
        []);

    private static BenchTable Tokens(BenchReport report)
    {
        IReadOnlyList<string> Speed(string name, int tokens, Func<PhaseTimes, double> seconds) =>
            [name, .. report.Phases.Select(p => N(p.Together * tokens / seconds(p.Phases), 0))];
        List<IReadOnlyList<string>> rows = [Speed("base", report.BaseTokens, p => p.Base)];
        if (report.SuperresTokens > 0)
            rows.Add(Speed("super-resolution", report.SuperresTokens, p => p.Superres));
        return new BenchTable("Final tokens per second", ["decoding", .. report.Phases.Select(p => $"{p.Together} together>")], rows, []);
    }

    private static BenchTable Pictures(BenchReport report) => new(
        "Whole pictures (goal: at least 50 % of the ceiling at 16 together)",
        ["together>", "s/picture>", "least>", "most>", "runs>", "GFLOP/picture>", "GFLOP/s>", "of the ceiling>"],
        [.. report.Pictures.Select(p => Row(
            N(p.Together, 0), N(p.PerPicture, 4), N(p.Run.Least / p.Together, 4), N(p.Run.Most / p.Together, 4), N(p.Run.Seconds.Count, 0),
            N(report.Work.Total.Total / 1e9, 2), N(report.Work.Total.Total / p.PerPicture / 1e9, 1), Percent(report.ShareOfCeiling(p))))],
        [
            string.Create(CultureInfo.InvariantCulture, $"Ceiling: {report.Ceiling.GigaFlops:F1} GFLOP/s, single precision, {report.Ceiling.Rows} x {report.Ceiling.Inner} x {report.Ceiling.Columns} {(report.Ceiling.Together == 1 ? $"on {report.Machine.Threads} threads" : $"{report.Ceiling.Together} side by side on a thread each")}, measured in this run."),
            $"Of the arithmetic {Percent(report.Work.Total.Linear / report.Work.Total.Total)} is linear layers, {Percent(report.Work.Total.Attention / report.Work.Total.Total)} attention, {Percent(report.Work.Total.Convolution / report.Work.Total.Total)} convolutions.",
            .. report.Passes.Select(p => GemmOnly(report, p.Network, p.Profile)),
        ]);

    private static string GemmOnly(BenchReport report, string network, PassProfile pass)
    {
        var layers = pass.LinearLayers;
        return $"Linear layers alone, {network}: {Percent(layers.Work.Total / layers.Seconds / 1e9 / Ceiling(report, pass))} of the ceiling of {Threads(pass)} in {Percent(layers.Seconds / pass.Seconds)} of a pass; "
            + $"{Percent(1 - (pass.Work.Linear / layers.Work.Linear))} of that is padding that keeps pictures independent of each other.";
    }

    private static BenchTable Phases(BenchReport report)
    {
        var kinds = new (string Name, Func<PhaseTimes, double> Seconds, double Work)[]
        {
            ("text and conditioning", p => p.Text, report.Work.Text.Total),
            ("base passes", p => p.BasePasses, report.Work.Base.Total),
            ("base sampling, host", p => p.BaseRest, 0),
            ("superres passes", p => p.SuperresPasses, report.Work.Superres.Total),
            ("superres sampling, host", p => p.SuperresRest, 0),
            ("pixels", p => p.Pixels, report.Work.Pixels.Total),
        };
        var headers = new List<string> { "phase", "GFLOP/picture>" };
        foreach (var (together, _) in report.Phases)
            headers.AddRange([$"{together}: ms/picture>", "of the time>", "of the ceiling>"]);
        return new BenchTable("Where the time of a picture goes", headers, [.. kinds.Select(kind =>
        {
            List<string> row = [kind.Name, kind.Work > 0 ? N(kind.Work / 1e9, 2) : ""];
            foreach (var (together, phases) in report.Phases)
            {
                var seconds = kind.Seconds(phases) / together;
                row.AddRange([N(seconds * 1e3, 2), Percent(kind.Seconds(phases) / phases.Total),
                    kind.Work > 0 && seconds > 0 ? Percent(kind.Work / seconds / 1e9 / report.Ceiling.GigaFlops) : ""]);
            }
            return row;
        })], []);
    }

    private static BenchTable Pass(BenchReport report, string network, PassProfile pass)
    {
        IReadOnlyList<string> Kind(string name, double seconds, double work) =>
            [name, N(seconds * 1e3, 3), Percent(seconds / pass.Seconds), work > 0 ? N(work / seconds / 1e9, 1) : "", work > 0 ? Percent(work / seconds / 1e9 / Ceiling(report, pass)) : ""];
        return new BenchTable(
            $"One {network} pass of {pass.Pictures} pictures with {pass.Masked} masked tokens each on {Threads(pass)}, by kind of operator",
            ["operators", "ms>", "of a pass>", "GFLOP/s>", "of its threads' ceiling>"],
            [
                .. pass.Kinds.OrderByDescending(k => k.Seconds).Select(k => Kind(k.Kind, k.Seconds, k.Work.Total)),
                Kind("whole pass", pass.Seconds, pass.Work.Total),
            ],
            []);
    }

    private static double Ceiling(BenchReport report, PassProfile pass) => report.Ceiling.GigaFlops * pass.Threads / report.Machine.Threads;

    private static string Threads(PassProfile pass) => pass.Threads == 1 ? "one thread" : $"{pass.Threads} threads";

    private static BenchTable Memory(BenchReport report) => new(
        "Memory and start",
        ["what", "value>"],
        [
            Row("peak resident, model loaded, MB", N(report.PeakLoaded / 1e6, 0)),
            Row($"peak resident, {report.Pictures.Max(p => p.Together)} pictures made, MB", N(report.PeakGenerated / 1e6, 0)),
            Row("loading the model, s", N(report.LoadSeconds, 3)),
            Row("preparing the decoders, s", N(report.PrepareSeconds, 3)),
        ],
        []);

    private static BenchTable Decodings(BenchReport report) => new(
        "Masked against autoregressive decoding (key/value cache) of the same grid on the same network",
        ["grid", "together>", "tokens>", "masked passes>", "s>", "GFLOP>", "autoregressive passes>", "s>", "GFLOP>", "masked is faster by>"],
        [.. report.Decodings.Select(d => Row(
            d.Grid, N(d.Together, 0), N(d.Tokens, 0),
            N(d.MaskedPasses, 0), N(d.Masked.Median, 3), N(d.Together * d.MaskedWork.Total / 1e9, 1),
            N(d.Positions, 0), N(d.Autoregressive.Median, 3), N(d.Together * d.AutoregressiveWork.Total / 1e9, 1), $"{N(d.Speedup, 2)}x"))],
        [
            "Where a position holds a square of tokens (passes < tokens), autoregressive decoding samples the square in one pass.",
            Verdict(report.Decodings),
        ]);

    /// <summary>What the comparison says on this machine.</summary>
    /// <param name="decodings">The comparison.</param>
    /// <returns>One sentence.</returns>
    public static string Verdict(IReadOnlyList<DecodingCost> decodings)
    {
        var (few, many) = (decodings.Where(d => d.Together == 1).ToList(), decodings.Where(d => d.Together > 1).ToList());
        var passes = decodings.Max(d => d.Positions / (double)d.MaskedPasses);
        var arithmetic = decodings.Max(d => d.MaskedWork.Total / d.AutoregressiveWork.Total);
        var times = $"{Range(few)} alone{(many.Count > 0 ? $" and {Range(many)} at {many.Max(d => d.Together)} together" : "")}";
        return $"Masked decoding makes up to {N(passes, 0)} times fewer passes but each works on every position, up to {N(arithmetic, 0)} times the arithmetic: "
            + $"where the arithmetic binds, as here, it is faster by {times}; the claimed 30x needs an accelerator, where one position fills "
            + "no more of the machine than all of them and time goes with the number of passes.";
    }

    private static string Range(IReadOnlyList<DecodingCost> costs) => costs.Count == 1
        ? $"{N(costs[0].Speedup, 2)}x" : $"{N(costs.Min(d => d.Speedup), 2)}x to {N(costs.Max(d => d.Speedup), 2)}x";

    private static IReadOnlyList<string> Row(params string[] cells) => cells;

    private static string N(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    private static string Percent(double share) => N(100 * share, 1) + " %";
}
