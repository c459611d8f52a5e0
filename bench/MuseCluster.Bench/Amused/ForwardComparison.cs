using System.Text.Json.Nodes;
using MuseCluster.Models.Networks.Amused;

namespace MuseCluster.Bench.Amused;

/// <summary>Forwards of one network here and in PyTorch, on the same weights' file, inputs, libtorch, BLAS and threads, in turns.</summary>
/// <param name="Ours">Forwards of this process.</param>
/// <param name="PyTorch">Forwards of PyTorch as it comes.</param>
/// <param name="PyTorchKeeping">Forwards of PyTorch with this process' settings of the C library: freed memory is kept.</param>
/// <param name="Version">PyTorch's version.</param>
/// <param name="Libraries">The files that did the arithmetic on every side.</param>
/// <param name="GreatestDifference">The greatest difference between two logits of ours and PyTorch's.</param>
/// <param name="GreatestLogit">The greatest of PyTorch's, sign aside.</param>
public sealed record ForwardComparison(
    SideTimes Ours, SideTimes PyTorch, SideTimes PyTorchKeeping, string Version, IReadOnlyList<string> Libraries, double GreatestDifference, double GreatestLogit)
{
    /// <summary>The median of ours by that of PyTorch, of the setting in which PyTorch is faster.</summary>
    public double Ratio => Ours.By(s => s.Wall.Median, PyTorch, PyTorchKeeping);

    /// <summary>The same of the fastest runs, which other processes disturb least.</summary>
    public double LeastRatio => Ours.By(s => s.Wall.Least, PyTorch, PyTorchKeeping);

    /// <summary>The same of medians of processor time.</summary>
    public double ProcessorRatio => Ours.By(s => s.Processor.Median, PyTorch, PyTorchKeeping);

    /// <summary>The same of the least processor times.</summary>
    public double LeastProcessorRatio => Ours.By(s => s.Processor.Least, PyTorch, PyTorchKeeping);

    /// <summary>Compares.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">What it is run on.</param>
    /// <param name="sides">PyTorch as it comes, and with this process' settings of the C library.</param>
    /// <param name="options">How often.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidOperationException">The logits differ, or the libraries do.</exception>
    internal static ForwardComparison Measure(
        UVit2DModel network, UVitCase inputs, (PyTorchProcess AsItComes, PyTorchProcess Keeping) sides, AmusedBenchOptions options, CancellationToken cancellation)
    {
        var check = Check(sides.AsItComes, cancellation);
        Check(sides.Keeping, cancellation);
        var (ours, asItComes, keeping) = (new List<(double, double)>(), new List<(double, double)>(), new List<(double, double)>());
        Action[] turns = [() => ours.AddRange(Here()), () => asItComes.AddRange(There(sides.AsItComes)), () => keeping.AddRange(There(sides.Keeping))];
        for (var round = 0; round < options.Rounds; round++)
            for (var turn = 0; turn < turns.Length; turn++)
                turns[(turn + round) % turns.Length]();
        return new ForwardComparison(
            SideTimes.Of(ours), SideTimes.Of(asItComes), SideTimes.Of(keeping), (string)sides.AsItComes.Itself["version"]!, MathLibraries.Here(),
            (double)check["greatestDifference"]!, (double)check["greatestLogit"]!);

        // Each turn begins with a forward that is not counted: the side before had the caches.
        IEnumerable<(double, double)> Here() => Enumerable.Range(0, options.Forwards + 1).Select(_ =>
        {
            cancellation.ThrowIfCancellationRequested();
            return SideTimes.Once(() => inputs.Run(network).Dispose());
        }).Skip(1);
        IEnumerable<(double, double)> There(PyTorchProcess side) => side.Time($"forward {options.Forwards + 1}", cancellation).Skip(1);
    }

    private static JsonNode Check(PyTorchProcess side, CancellationToken cancellation)
    {
        var libraries = side.Itself["libraries"]!.AsArray().Select(l => (string)l!).ToList();
        if (!libraries.SequenceEqual(MathLibraries.Here()))
            throw new InvalidOperationException($"PyTorch has {string.Join(", ", libraries)} where this process has {string.Join(", ", MathLibraries.Here())}: times of different libraries say nothing");
        var check = side.Ask("check", cancellation);
        if (!(bool)check["isClose"]!)
            throw new InvalidOperationException($"PyTorch's logits are not ours: they differ by up to {check["greatestDifference"]}, the greatest is {check["greatestLogit"]}");
        return check;
    }
}
