using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// x / sqrt(mean(x^2) + eps) * weight: neither the mean nor a shift (arXiv 1910.10683, section 2.1; RMSNorm, arXiv
/// 1910.07467). The mean is taken in single precision, as HuggingFace's <c>T5LayerNorm</c> does: squares leave the range of
/// the half types.
/// </summary>
public sealed class T5LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly double epsilon;

    /// <summary>Makes a normalisation whose weights are 1.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public T5LayerNorm(long width, double epsilon)
        : base(nameof(T5LayerNorm))
    {
        this.epsilon = epsilon;
        using Tensor one = ones(width);
        weight = new Parameter(one);
        register_parameter(nameof(weight), weight);
    }

    /// <summary>[width].</summary>
    public Parameter weight { get; }

    /// <summary>Normalises the last dimension.</summary>
    /// <param name="input">[..., width].</param>
    /// <returns>[..., width], in the weights' type.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor single = input.to(float32);
        Tensor scale = single.square().mean([-1], keepdim: true).add_(epsilon).rsqrt();
        return scope.MoveToOuter(single.mul(scale).to(weight.dtype).mul(weight));
    }
}
