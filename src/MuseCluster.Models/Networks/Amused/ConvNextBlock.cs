using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// A ConvNeXt block: a convolution of each channel, then a feed-forward layer at each place with a
/// <see cref="GlobalResponseNorm"/> inside, added to the input; the sum is scaled and shifted by the condition (diffusers'
/// <c>models/unets/uvit_2d.py</c>).
/// </summary>
internal sealed class ConvNextBlock : nn.Module
{
    private const int Expansion = 4;
    private readonly Conv2d depthwise;
    private readonly nn.Module<Tensor, Tensor> norm;
    private readonly Projection channelwise_linear_1;
    private readonly GlobalResponseNorm channelwise_norm;
    private readonly Projection channelwise_linear_2, cond_embeds_mapper;

    /// <summary>Makes a block; its projections are unset.</summary>
    internal ConvNextBlock(UVit2DConfig config)
        : base(nameof(ConvNextBlock))
    {
        long channels = config.BlockOutChannels;
        depthwise = nn.Conv2d(channels, channels, kernel_size: 3, padding: 1, groups: channels, bias: config.UseBias);
        norm = UVitNorm.Make(channels, config);
        channelwise_linear_1 = new Projection(channels, Expansion * channels, config.UseBias);
        channelwise_norm = new GlobalResponseNorm(Expansion * channels);
        channelwise_linear_2 = new Projection(Expansion * channels, channels, config.UseBias);
        cond_embeds_mapper = new Projection(config.HiddenSize, 2 * channels, config.UseBias);
        RegisterComponents();
    }

    /// <summary>Scale and shift of conditions that stay the same over many passes.</summary>
    /// <param name="condition">[N, hidden_size].</param>
    /// <returns>[N, 2 channels].</returns>
    internal Tensor Modulation(Tensor condition) => cond_embeds_mapper.Vectors(condition.silu());

    /// <summary>Computes the block, but for scale and shift: that far it knows of no condition.</summary>
    /// <param name="rows">[Pictures, Rows, channels].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="height">Rows of a grid.</param>
    /// <param name="width">Columns of a grid.</param>
    /// <returns>[Pictures, Rows, channels].</returns>
    internal Tensor Convolve(Tensor rows, RowLayout layout, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor convolved = layout.Lay(depthwise.forward(layout.Grids(rows, height, width)));
        Tensor inner = HostGelu.Of(channelwise_linear_1.forward(norm.forward(convolved)));
        channelwise_norm.Rows(inner, layout);
        return scope.MoveToOuter(channelwise_linear_2.forward(inner).add_(rows));
    }
}
