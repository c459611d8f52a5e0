using System.Numerics;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Layers;

/// <summary>
/// Work on the rows of a tensor on the processor, without gradients: where libtorch would read and write a tensor once for every
/// operator, a row stays in the cache from its first operation to its last. A row's bits depend on that row alone.
/// </summary>
internal static unsafe class HostRows
{
    // Below, threads take longer to meet than to work.
    private const long LeastPerThread = 1 << 14;

    /// <summary>Whether the rows of a tensor can be worked on here.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="width">Numbers of a row.</param>
    internal static bool Serve(Tensor x, long width) =>
        width % Vector<float>.Count == 0 && !is_grad_enabled() && x.device.type == DeviceType.CPU && x.dtype == ScalarType.Float32 && x.is_contiguous();

    /// <summary>Works on rows, shared out among the threads.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="width">Numbers of each.</param>
    /// <param name="work">Given the first row and the row behind the last.</param>
    internal static void Run(long rows, long width, Action<long, long> work)
    {
        var threads = (int)Math.Clamp(rows * width / LeastPerThread, 1, get_num_threads());
        if (threads == 1)
            work(0, rows);
        else
            Parallel.For(0, threads, t => work(rows * t / threads, rows * (t + 1) / threads));
    }
}
