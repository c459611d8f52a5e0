using System.Diagnostics;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Arithmetic;

/// <summary>The fastest matrix product this machine was seen to make, in single precision, on the threads in use.</summary>
/// <param name="GigaFlops">10^9 floating-point operations per second.</param>
/// <param name="Rows">Rows of the product it was reached with.</param>
/// <param name="Inner">The dimension summed over.</param>
/// <param name="Columns">Columns of that product.</param>
public sealed record MatrixCeiling(double GigaFlops, int Rows, int Inner, int Columns)
{
    private static readonly (int Rows, int Inner, int Columns)[] Shapes =
        [(512, 512, 512), (768, 768, 768), (1024, 1024, 1024), (1536, 1536, 1536), (2048, 1024, 2048), (2048, 2048, 2048)];

    /// <summary>Measures products of several sizes; the best run of the best size counts.</summary>
    /// <param name="device">Where.</param>
    /// <param name="perShape">Time spent on each size.</param>
    /// <param name="cancellation">Stops between two sizes.</param>
    public static MatrixCeiling Measure(Device device, TimeSpan perShape, CancellationToken cancellation)
    {
        using var guard = inference_mode();
        var best = new MatrixCeiling(0, 0, 0, 0);
        foreach (var (rows, inner, columns) in Shapes)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (a, b) = (rand([rows, inner], device: device), rand([inner, columns], device: device));
            var started = Stopwatch.GetTimestamp();
            for (var run = 0; run < 3 || Stopwatch.GetElapsedTime(started) < perShape; run++)
            {
                var seconds = Timing.Once(() => a.mm(b).Dispose(), device);
                var speed = 2.0 * rows * inner * columns / seconds / 1e9;
                if (speed > best.GigaFlops)
                    best = new MatrixCeiling(speed, rows, inner, columns);
            }
        }
        return best;
    }
}
