using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>A grid of vectors to logits: a convolution of 1 x 1, a normalisation, another convolution (diffusers' <c>models/unets/uvit_2d.py</c>).</summary>
internal sealed class ConvMlmLayer : nn.Module<Tensor, Tensor>
{
    private readonly Projection conv1;
    private readonly nn.Module<Tensor, Tensor> layer_norm;
    private readonly Projection conv2;

    /// <summary>Makes the layer.</summary>
    internal ConvMlmLayer(UVit2DConfig config)
        : base(nameof(ConvMlmLayer))
    {
        conv1 = new Projection(config.BlockOutChannels, config.InChannels, config.UseBias, pointwise: true);
        layer_norm = UVitNorm.Make(config.InChannels, config);
        conv2 = new Projection(config.InChannels, config.CodebookSize, config.UseBias, pointwise: true);
        RegisterComponents();
    }

    /// <summary>Computes the logits.</summary>
    /// <param name="places">[..., block_out_channels].</param>
    /// <returns>[..., codebook_size].</returns>
    public override Tensor forward(Tensor places)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(conv2.forward(layer_norm.forward(conv1.forward(places))));
    }
}
