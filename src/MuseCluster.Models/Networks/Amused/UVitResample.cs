using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// Halves or doubles a grid: a normalisation of each place, then a convolution of 2 x 2 with stride 2, transposed to double
/// (<c>Downsample2D</c> and <c>Upsample2D</c> of diffusers, as <c>models/unets/uvit_2d.py</c> uses them).
/// </summary>
internal sealed class UVitResample : nn.Module<Tensor, Tensor>
{
    private const int Factor = 2;
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

    /// <summary>Resamples.</summary>
    /// <param name="input">[B, channels, H, W].</param>
    /// <returns>[B, channels, H / 2, W / 2] or [B, channels, 2 H, 2 W].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(conv.forward(norm.forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)));
    }
}
