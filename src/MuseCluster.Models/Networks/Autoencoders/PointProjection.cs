using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>W x + b at every position of [N, C, H, W], channels kept. Files store W as a matrix or as a 1x1 convolution.</summary>
public sealed class PointProjection : nn.Module<Tensor, Tensor>
{
    private readonly int channels;

    internal PointProjection(int channels, bool convolution)
        : base(nameof(PointProjection))
    {
        this.channels = channels;
        double bound = 1 / Math.Sqrt(channels);
        using Tensor initial = nn.init.uniform_(convolution ? empty(channels, channels, 1, 1) : empty(channels, channels), -bound, bound);
        using Tensor zero = zeros(channels);
        weight = new Parameter(initial);
        bias = new Parameter(zero);
        register_parameter(nameof(weight), weight);
        register_parameter(nameof(bias), bias);
    }

    /// <summary>[C, C] or [C, C, 1, 1].</summary>
    public Parameter weight { get; }

    /// <summary>[C].</summary>
    public Parameter bias { get; }

    /// <summary>Projects.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        // A convolution whatever the file holds: it gives a picture the same bits in every batch, a product of all rows does not.
        using Tensor kernel = weight.view(channels, channels, 1, 1);
        return nn.functional.conv2d(input, kernel, bias);
    }
}
