using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>x + conv(silu(norm(conv(silu(norm(x)))))), channels kept. Starts as the identity: its last convolution is zero.</summary>
internal sealed class ResnetBlock : nn.Module<Tensor, Tensor>
{
    // A 1x1 block is an MLP per position, and is given an MLP's wider middle.
    private const int PointwiseExpansion = 2;
    private readonly nn.Module<Tensor, Tensor> norm1, norm2;
    private readonly EdgeConv2d conv1, conv2;

    internal ResnetBlock(int channels, int kernel, bool local, int groups)
        : base(nameof(ResnetBlock))
    {
        var hidden = kernel == 1 ? PointwiseExpansion * channels : channels;
        norm1 = Norm(channels, local, groups);
        conv1 = new EdgeConv2d(channels, hidden, kernel, stride: 1, local);
        norm2 = Norm(hidden, local, groups);
        conv2 = new EdgeConv2d(hidden, channels, kernel, stride: 1, local);
        nn.init.zeros_(conv2.weight);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var hidden = conv1.forward(norm1.forward(input).silu());
        return input + conv2.forward(norm2.forward(hidden).silu());
    }

    /// <summary>The normalisation of a stack.</summary>
    internal static nn.Module<Tensor, Tensor> Norm(int channels, bool local, int groups) =>
        local ? new PositionNorm(channels) : nn.GroupNorm(groups, channels);
}
