using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// Makes the normalisations of open-muse's transformers (<c>LayerNorm</c> and <c>RMSNorm</c> of <c>muse/modeling_transformer.py</c>),
/// over the last dimension.
/// </summary>
internal static class MaskGitNorm
{
    /// <summary>Makes one that scales by 1 and shifts by 0.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="type">Which of the two.</param>
    /// <param name="epsilon">Added to the variance, or to the mean square.</param>
    /// <param name="hasBias">Whether there is a shift; <see cref="MaskGitNormType.RmsNorm"/> has none in any case.</param>
    public static nn.Module<Tensor, Tensor> Make(long width, MaskGitNormType type, double epsilon, bool hasBias) =>
        type == MaskGitNormType.RmsNorm ? new RmsNorm(width, epsilon, affine: true) : nn.LayerNorm(width, epsilon, bias: hasBias);
}
