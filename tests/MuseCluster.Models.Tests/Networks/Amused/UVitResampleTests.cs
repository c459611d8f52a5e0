using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

public sealed class UVitResampleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ItIsTheConvolutionOfTheNormalisedGrid(bool bias)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        manual_seed(4);
        var config = new UVit2DConfig { BlockOutChannels = 6, BlockNumHeads = 2, UseBias = bias };
        using UVitResample down = UVitResample.Down(config), up = UVitResample.Up(config);
        const int Height = 3, Width = 5;
        Tensor large = randn(2, 6, 2 * Height, 2 * Width), small = randn(2, 6, Height, Width);
        Tensor Normal(Tensor grid) => grid.div(grid.square().mean([1], keepdim: true).add(config.LayerNormEps).sqrt());
        var (halves, doubles) = (down.state_dict(), up.state_dict());
        Assert.True(Halved(down, large).allclose(nn.functional.conv2d(Normal(large), halves["conv.weight"], halves.GetValueOrDefault("conv.bias"), strides: [2, 2]), 1e-5, 1e-5));
        Assert.True(Doubled(up, small).allclose(nn.functional.conv_transpose2d(Normal(small), doubles["conv.weight"], doubles.GetValueOrDefault("conv.bias"), stride: [2, 2]), 1e-5, 1e-5));
    }

    /// <summary>A grid [B, C, H, W] to [B, C, H / 2, W / 2]: the layer takes the places of each square side by side.</summary>
    internal static Tensor Halved(UVitResample down, Tensor grid)
    {
        var (count, channels, height, width) = (grid.size(0), grid.size(1), grid.size(2) / 2, grid.size(3) / 2);
        Tensor squares = grid.reshape(count, channels, height, 2, width, 2).permute(0, 2, 4, 3, 5, 1).reshape(count, 4 * height * width, channels);
        return down.forward(squares).transpose(1, 2).reshape(count, channels, height, width);
    }

    /// <summary>A grid [B, C, H, W] to [B, C, 2 H, 2 W].</summary>
    internal static Tensor Doubled(UVitResample up, Tensor grid)
    {
        var (count, channels, height, width) = (grid.size(0), grid.size(1), grid.size(2), grid.size(3));
        Tensor squares = up.forward(grid.flatten(2).transpose(1, 2).contiguous());
        return squares.view(count, height, width, 2, 2, channels).permute(0, 5, 1, 3, 2, 4).reshape(count, channels, 2 * height, 2 * width);
    }
}
