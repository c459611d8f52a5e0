using MuseCluster.Models.Networks.Autoencoders;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>x + conv(silu(norm(conv(silu(norm(x)))))), channels kept. Starts as the identity: its last convolution is zero.</summary>
internal sealed class ResnetBlock(int channels, int kernel, bool local, int groups) : ResidualBlock(
    Norm(channels, local, groups),
    new EdgeConv2d(channels, Hidden(channels, kernel), kernel, stride: 1, local),
    Norm(Hidden(channels, kernel), local, groups),
    Zero(new EdgeConv2d(Hidden(channels, kernel), channels, kernel, stride: 1, local)))
{
    // A 1x1 block is an MLP per position, and is given an MLP's wider middle.
    private const int PointwiseExpansion = 2;

    /// <summary>The normalisation of a stack.</summary>
    internal static nn.Module<Tensor, Tensor> Norm(int channels, bool local, int groups) =>
        local ? new PositionNorm(channels) : nn.GroupNorm(groups, channels);

    private static int Hidden(int channels, int kernel) => kernel == 1 ? PointwiseExpansion * channels : channels;

    private static EdgeConv2d Zero(EdgeConv2d convolution)
    {
        nn.init.zeros_(convolution.weight);
        return convolution;
    }
}
