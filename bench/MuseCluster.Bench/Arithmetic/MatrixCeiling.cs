using System.Diagnostics;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Arithmetic;

/// <summary>
/// The fastest matrix products this machine was seen to make, in single precision, on the threads in use: one product on all
/// of them, or as many products side by side on one each.
/// </summary>
/// <param name="GigaFlops">10^9 floating-point operations per second.</param>
/// <param name="Rows">Rows of the product it was reached with.</param>
/// <param name="Inner">The dimension summed over.</param>
/// <param name="Columns">Columns of that product.</param>
/// <param name="Together">Products side by side.</param>
public sealed record MatrixCeiling(double GigaFlops, int Rows, int Inner, int Columns, int Together)
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
        var best = new MatrixCeiling(0, 0, 0, 0, 0);
        var threads = device.type == DeviceType.CPU ? get_num_threads() : 1;
        foreach (var (rows, inner, columns) in Shapes)
            foreach (var together in new[] { 1, threads }.Distinct())
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var (a, b) = (rand([rows, inner], device: device), rand([inner, columns], device: device));
                var started = Stopwatch.GetTimestamp();
                for (var run = 0; run < 3 || Stopwatch.GetElapsedTime(started) < perShape / 2; run++)
                {
                    var seconds = Timing.Once(() => Multiply(a, b, together), device);
                    var speed = 2.0 * together * rows * inner * columns / seconds / 1e9;
                    if (speed > best.GigaFlops)
                        best = new MatrixCeiling(speed, rows, inner, columns, together);
                }
            }
        return best;
    }

    private static void Multiply(Tensor a, Tensor b, int together)
    {
        if (together == 1)
            a.mm(b).Dispose();
        else
            Parallel.For(0, together, _ =>
            {
                using var guard = inference_mode();
                using var one = NewNumThreadsScope(1);
                a.mm(b).Dispose();
            });
    }
}
