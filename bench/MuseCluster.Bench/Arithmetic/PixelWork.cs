using MuseCluster.Models.Networks.VqGan;

namespace MuseCluster.Bench.Arithmetic;

/// <summary>What the arithmetic of a VQGAN decoder comes to.</summary>
public static class PixelWork
{
    // A 1x1 block of the VQGAN is an MLP with a middle of twice the channels.
    private const int PointwiseExpansion = 2;

    /// <summary>
    /// One picture: the first convolution at the grid's resolution; per level two convolutions per ResNet block; between
    /// levels a convolution at twice the side; the last convolution to the pixels of a patch.
    /// </summary>
    /// <param name="config">The network.</param>
    public static Work Decode(VqGanConfig config)
    {
        var stack = config.Decoder;
        var side = config.GridSize;
        var work = Work.Convolve(side * side, config.CodebookDim, stack.Channels[^1], 3);
        for (var level = stack.Channels.Length - 1; level >= 0; level--)
        {
            var channels = stack.Channels[level];
            foreach (var kernel in stack.Blocks[level])
                work += 2 * Work.Convolve(side * side, channels, kernel == 1 ? PointwiseExpansion * channels : channels, kernel);
            if (level == 0)
                continue;
            side *= 2;
            work += Work.Convolve(side * side, channels, stack.Channels[level - 1], 3);
        }
        return work + Work.Convolve(side * side, stack.Channels[0], 3 * stack.Patch * stack.Patch, 3);
    }
}
