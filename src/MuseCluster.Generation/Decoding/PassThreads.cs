using System.Runtime.ExceptionServices;
using MuseCluster.Models.Networks;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>How the processor's threads are shared out among pictures.</summary>
internal static class PassThreads
{
    // Below, a pass' matrix products are so small that threads spend as long meeting as working: at 128 to 192 dimensions two
    // threads on one product reached 53 to 77 % of a processor's speed, two products on a thread each 95 %.
    private const int LargeDim = 1024;

    /// <summary>Threads for one pass of a network: one for a small network, all for a large one.</summary>
    /// <param name="network">The network's shape.</param>
    internal static int ThreadsPerPass(this MaskedTransformerShape network) => network.IsLarge() ? get_num_threads() : 1;

    /// <summary>Whether one picture's pass keeps all threads at work.</summary>
    /// <param name="network">The network's shape.</param>
    internal static bool IsLarge(this MaskedTransformerShape network) => network.Dim >= LargeDim;

    /// <summary>How many pieces of work run at once.</summary>
    /// <param name="threads">Threads that each takes.</param>
    internal static int Lanes(int threads) => Math.Max(1, get_num_threads() / threads);

    /// <summary>Does pieces of work, as many at once as there are threads for. What one throws is thrown as it is.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="threads">Threads of the tensor library that each takes.</param>
    /// <param name="work">Does one.</param>
    /// <param name="cancellation">Stops between two.</param>
    internal static void SideBySide(int count, int threads, Action<int> work, CancellationToken cancellation = default)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Lanes(threads), CancellationToken = cancellation }, i =>
            {
                using var scope = NewNumThreadsScope(threads);
                work(i);
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
