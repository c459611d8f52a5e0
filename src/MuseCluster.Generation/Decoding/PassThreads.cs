using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>How many threads of the processor one picture's work takes.</summary>
internal static class PassThreads
{
    // Below, a pass' matrix products are so small that threads spend as long meeting as working: at 128 to 192 dimensions two
    // threads on one product reached 53 to 77 % of a processor's speed, two products on a thread each 95 %.
    private const int LargeDim = 1024;

    /// <summary>Threads for one pass of a network: one for a small network, all for a large one.</summary>
    /// <param name="config">The network's shape.</param>
    internal static int ThreadsPerPass(this MuseTransformerConfig config) => config.Dim < LargeDim ? 1 : get_num_threads();
}
