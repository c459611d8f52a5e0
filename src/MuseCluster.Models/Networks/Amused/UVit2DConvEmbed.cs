using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>Tokens to vectors: a table, a normalisation, a convolution of 1 x 1 (diffusers' <c>models/unets/uvit_2d.py</c>).</summary>
internal sealed class UVit2DConvEmbed : nn.Module<Tensor, Tensor>
{
    private readonly VectorTable embeddings;
    private readonly nn.Module<Tensor, Tensor> layer_norm;
    private readonly Projection conv;

    /// <summary>Makes the layer.</summary>
    internal UVit2DConvEmbed(UVit2DConfig config)
        : base(nameof(UVit2DConvEmbed))
    {
        embeddings = new VectorTable(config.VocabSize, config.InChannels);
        layer_norm = UVitNorm.Make(config.InChannels, config);
        conv = new Projection(config.InChannels, config.BlockOutChannels, config.UseBias, pointwise: true);
        RegisterComponents();
    }

    /// <summary>Embeds tokens wherever they lie.</summary>
    /// <param name="input">[...] int64.</param>
    /// <returns>[..., block_out_channels].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(conv.forward(layer_norm.forward(embeddings.forward(input))));
    }
}
