using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>Divides each position's channels by their root mean square, then scales and shifts per channel.</summary>
internal sealed class PositionNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;
    private readonly Parameter weight, bias;

    internal PositionNorm(int channels)
        : base(nameof(PositionNorm))
    {
        using var one = ones(1, channels, 1, 1);
        using var zero = zeros(1, channels, 1, 1);
        weight = new Parameter(one);
        bias = new Parameter(zero);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) =>
        (input * input.square().mean([1], keepdim: true).add(Epsilon).rsqrt() * weight) + bias;
}
