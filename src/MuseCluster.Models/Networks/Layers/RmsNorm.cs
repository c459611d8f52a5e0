using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Layers;

/// <summary>
/// x / sqrt(mean(x^2) + eps), times a weight where there is one (arXiv 1910.07467; <c>RMSNorm</c> of diffusers'
/// <c>models/normalization.py</c>, HuggingFace's <c>T5LayerNorm</c>). The mean is taken in single precision: squares leave the
/// range of the half types.
/// </summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double epsilon;

    /// <summary>Makes a normalisation whose weights are 1.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="affine">Whether there is a weight.</param>
    public RmsNorm(long width, double epsilon, bool affine)
        : base(nameof(RmsNorm))
    {
        this.epsilon = epsilon;
        if (!affine) return;
        using Tensor one = ones(width);
        weight = new Parameter(one);
        register_parameter(nameof(weight), weight);
    }

    /// <summary>[width], or null.</summary>
    public Parameter? weight { get; }

    /// <summary>Normalises the last dimension.</summary>
    /// <param name="input">[..., width].</param>
    /// <returns>[..., width], in the weights' type; without weights in the input's.</returns>
    public override Tensor forward(Tensor input)
    {
        if (HostRows.Serve(input, input.size(-1)) && weight?.dtype is null or float32)
            return HostNorm.Of(input, weight, epsilon, centre: false);
        using DisposeScope scope = NewDisposeScope();
        Tensor scale = input.to(float32).square().mean([-1], keepdim: true).add_(epsilon).rsqrt();
        Tensor normal = input.mul(scale);
        return scope.MoveToOuter(weight is null ? normal.to(input.dtype) : normal.to(weight.dtype).mul(weight));
    }
}
