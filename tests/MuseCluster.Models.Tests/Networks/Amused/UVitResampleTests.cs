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

        // The places of each square side by side: [B, H, W, 2 x 2, channels].
        Tensor squares = large.view(2, 6, Height, 2, Width, 2).permute(0, 2, 4, 3, 5, 1);
        Tensor halved = down.forward(squares.reshape(2, 4 * Height * Width, 6)).view(2, Height, Width, 6).permute(0, 3, 1, 2);
        Assert.True(halved.allclose(nn.functional.conv2d(Normal(large), halves["conv.weight"], halves.GetValueOrDefault("conv.bias"), strides: [2, 2]), 1e-5, 1e-5));

        Tensor doubled = up.forward(small.flatten(2).transpose(1, 2).contiguous()).view(2, Height, Width, 2, 2, 6).permute(0, 5, 1, 3, 2, 4).reshape(2, 6, 2 * Height, 2 * Width);
        Assert.True(doubled.allclose(nn.functional.conv_transpose2d(Normal(small), doubles["conv.weight"], doubles.GetValueOrDefault("conv.bias"), strides: [2, 2]), 1e-5, 1e-5));
    }
}
