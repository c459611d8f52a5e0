using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>
/// Layer normalisation of the last dimension, scaled by <c>gamma</c>; <c>beta</c> is a buffer that is saved and stays zero unless a
/// checkpoint says otherwise (<c>LayerNorm</c> of <c>muse_maskgit_pytorch.py</c>).
/// </summary>
public sealed class GammaNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter gamma;
    private readonly Tensor beta;

    /// <summary>Makes a normalisation that scales by 1.</summary>
    /// <param name="width">Size of the last dimension.</param>
    public GammaNorm(long width)
        : base(nameof(GammaNorm))
    {
        using Tensor one = ones(width);
        gamma = new Parameter(one);
        beta = zeros(width);
        register_parameter(nameof(gamma), gamma);
        register_buffer(nameof(beta), beta);
    }

    /// <summary>Normalises.</summary>
    /// <param name="input">[..., width].</param>
    /// <returns>[..., width].</returns>
    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, gamma.shape, gamma, beta);
}
