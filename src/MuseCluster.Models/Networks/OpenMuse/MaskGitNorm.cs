using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// The normalisations of open-muse's transformers (<c>LayerNorm</c> and <c>RMSNorm</c> of <c>muse/modeling_transformer.py</c>),
/// over the last dimension.
/// </summary>
public sealed class MaskGitNorm : nn.Module<Tensor, Tensor>
{
    private readonly bool rootMeanSquare;
    private readonly double epsilon;
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Makes a normalisation that scales by 1 and shifts by 0.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="type">Which of the two.</param>
    /// <param name="epsilon">Added to the variance, or to the mean square.</param>
    /// <param name="hasBias">Whether there is a shift; <see cref="MaskGitNormType.RmsNorm"/> has none in any case.</param>
    public MaskGitNorm(long width, MaskGitNormType type, double epsilon, bool hasBias)
        : base(nameof(MaskGitNorm))
    {
        rootMeanSquare = type == MaskGitNormType.RmsNorm;
        this.epsilon = epsilon;
        using Tensor one = ones(width);
        using Tensor zero = zeros(width);
        weight = new Parameter(one);
        register_parameter(nameof(weight), weight);
        if (rootMeanSquare || !hasBias) return;
        bias = new Parameter(zero);
        register_parameter(nameof(bias), bias);
    }

    /// <summary>Normalises.</summary>
    /// <param name="input">[..., width].</param>
    /// <returns>[..., width].</returns>
    public override Tensor forward(Tensor input)
    {
        if (!rootMeanSquare) return nn.functional.layer_norm(input, weight.shape, weight, bias, epsilon);
        using DisposeScope scope = NewDisposeScope();
        // The mean is taken in single precision: squares leave the range of the half types.
        Tensor scale = input.to(float32).square().mean([-1], keepdim: true).add_(epsilon).rsqrt();
        return scope.MoveToOuter(input.mul(scale).to(weight.dtype).mul(weight));
    }
}
