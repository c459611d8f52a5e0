using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// Halves or doubles a grid: a normalisation of each place, then a convolution of 2 x 2 with stride 2, transposed to double
/// (<c>Downsample2D</c> and <c>Upsample2D</c> of diffusers, as <c>models/unets/uvit_2d.py</c> uses them).
/// </summary>
internal sealed class UVitResample : nn.Module<Tensor, Tensor>
{
    private const int Factor = 2;

    /// <summary>Places of the larger grid for each of the smaller.</summary>
    internal const int Places = Factor * Factor;

    private readonly nn.Module<Tensor, Tensor> norm, conv;

    private UVitResample(UVit2DConfig config, nn.Module<Tensor, Tensor> convolution)
        : base(nameof(UVitResample))
    {
        norm = UVitNorm.Make(config.BlockOutChannels, config);
        conv = convolution;
        RegisterComponents();
    }

    /// <summary>What halves a grid whose sides are even.</summary>
    internal static UVitResample Down(UVit2DConfig config) =>
        new(config, nn.Conv2d(config.BlockOutChannels, config.BlockOutChannels, Factor, stride: Factor, bias: config.UseBias));

    /// <summary>What doubles a grid.</summary>
    internal static UVitResample Up(UVit2DConfig config) =>
        new(config, nn.ConvTranspose2d(config.BlockOutChannels, config.BlockOutChannels, Factor, stride: Factor, bias: config.UseBias));

    /// <summary>
    /// Halves or doubles rows as a projection of four places at once, which such a convolution is. libtorch rounds the convolution of a
    /// picture by how many there are, and a projection's rows can be padded so that it does not.
    /// </summary>
    /// <param name="rows">[Pictures, Places x Rows, channels] with the places of each square side by side, or to double [Pictures, Rows, channels].</param>
    /// <returns>[Pictures, Rows, channels], or [Pictures, Places x Rows, channels].</returns>
    public override Tensor forward(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = norm.forward(rows);
        var (pictures, channels) = (rows.size(0), rows.size(2));
        if (conv is Conv2d down)
        {
            Tensor four = down.weight.permute(0, 2, 3, 1).reshape(channels, Places * channels);
            return scope.MoveToOuter(nn.functional.linear(normal.view(pictures, -1, Places * channels), four, down.bias));
        }

        var up = (ConvTranspose2d)conv;
        Tensor each = up.weight.permute(2, 3, 1, 0).reshape(Places * channels, channels);
        Tensor doubled = nn.functional.linear(normal, each).view(pictures, -1, channels);
        return scope.MoveToOuter(up.bias is null ? doubled : doubled.add_(up.bias));
    }
}
