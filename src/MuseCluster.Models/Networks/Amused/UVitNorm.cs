using MuseCluster.Models.Networks.Layers;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>Makes the normalisations of a U-ViT as its configuration asks for them.</summary>
internal static class UVitNorm
{
    /// <summary>The normalisation of everything but feed-forward layers and the blocks' attentions.</summary>
    internal static nn.Module<Tensor, Tensor> Make(long width, UVit2DConfig config) =>
        Make(width, config, config.LayerNormEps, config.LnElementwiseAffine);

    /// <summary>The normalisation before the attentions beside the transformer.</summary>
    internal static nn.Module<Tensor, Tensor> MakeForBlock(UVit2DConfig config) =>
        Make(config.BlockOutChannels, config, config.BlockAttentionNormEps, config.BlockAttentionNormAffine);

    /// <summary>The normalisation before a feed-forward layer.</summary>
    internal static nn.Module<Tensor, Tensor> MakeForFeedForward(UVit2DConfig config) =>
        nn.LayerNorm(config.HiddenSize, config.LayerNormEps, config.LnElementwiseAffine, config.UseBias);

    private static nn.Module<Tensor, Tensor> Make(long width, UVit2DConfig config, double epsilon, bool affine) =>
        config.NormType == UVit2DNorm.Rms ? new RmsNorm(width, epsilon, affine) : nn.LayerNorm(width, epsilon, affine, config.UseBias);
}
