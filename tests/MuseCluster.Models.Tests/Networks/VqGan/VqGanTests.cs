using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;
using VqGanNetwork = MuseCluster.Models.Networks.VqGan.VqGan;

namespace MuseCluster.Models.Tests.Networks.VqGan;

[Collection(nameof(NetworkTests))]
public sealed class VqGanTests
{
    [Theory]
    [InlineData(4, 1, 4)]
    [InlineData(1, 3, 4)]
    [InlineData(4, 2, 8)]
    [InlineData(1, 4, 8)]
    [InlineData(4, 3, 16)]
    [InlineData(2, 4, 16)]
    public void PicturesBecomeGridsAndGridsPictures(int patch, int levels, int factor)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyVqGan.Config(patch, levels, local: levels % 2 == 1);
        using var network = new VqGanNetwork(config);
        Assert.Equal((factor, 32 / factor), (config.Factor, config.GridSize));

        var codes = network.Encode(TinyVqGan.Pictures(2, 32, 32));
        Assert.Equal([2, 32 / factor, 32 / factor], codes.shape);
        Assert.All(codes.ToArray<long>(), c => Assert.InRange(c, 0, config.CodebookSize - 1));
        Assert.Equal([2, 3, 32, 32], network.Decode(codes).shape);
    }

    [Fact]
    public void PicturesNeedNotBeSquare()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = new VqGanNetwork(TinyVqGan.Config(4, 2, local: true));
        var codes = network.Encode(TinyVqGan.Pictures(1, 16, 40));
        Assert.Equal([1, 2, 5], codes.shape);
        Assert.Equal([1, 3, 16, 40], network.Decode(codes).shape);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    public void ALocalTokenDependsOnThePixelsAroundItAlone(int patch, int levels)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = new VqGanNetwork(TinyVqGan.Config(patch, levels, local: true));
        TinyVqGan.Stir(network);
        var pictures = TinyVqGan.Pictures(1, 128, 128);
        var changed = pictures.clone();
        changed.narrow(2, 120, 8).narrow(3, 120, 8).fill_(1);
        var (before, after) = (network.encoder.forward(pictures), network.encoder.forward(changed));
        var side = before.size(2);

        Assert.Equal(
            before.narrow(2, 0, side / 2).ToArray<float>(), after.narrow(2, 0, side / 2).ToArray<float>());
        Assert.Equal(
            before.narrow(3, 0, side / 2).ToArray<float>(), after.narrow(3, 0, side / 2).ToArray<float>());
        TinyMuse.Differs(before.narrow(2, side - 1, 1).narrow(3, side - 1, 1), after.narrow(2, side - 1, 1).narrow(3, side - 1, 1));
    }

    [Fact]
    public void WithAnInputKernelOf1ATokenDependsOnItsOwnPixels()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyVqGan.Config(4, 1, local: true);
        using var network = new VqGanNetwork(config with { Encoder = config.Encoder with { InputKernel = 1, Blocks = [[1, 1]] } });
        TinyVqGan.Stir(network);
        var pictures = TinyVqGan.Pictures(1, 32, 32);
        var changed = pictures.clone();
        changed.narrow(2, 12, 4).narrow(3, 8, 4).fill_(1);
        var (before, after) = (network.encoder.forward(pictures), network.encoder.forward(changed));

        TinyMuse.Differs(before.select(2, 3).select(2, 2), after.select(2, 3).select(2, 2));
        after.select(2, 3).select(2, 2).copy_(before.select(2, 3).select(2, 2));
        Assert.Equal(before.ToArray<float>(), after.ToArray<float>());
    }

    [Fact]
    public void WithGroupNormalisationFarPixelsBearOnEveryToken()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = new VqGanNetwork(TinyVqGan.Config(4, 1, local: false));
        var pictures = TinyVqGan.Pictures(1, 128, 128);
        var changed = pictures.clone();
        changed.narrow(2, 64, 64).fill_(1);
        TinyMuse.Differs(
            network.encoder.forward(pictures).narrow(2, 0, 1), network.encoder.forward(changed).narrow(2, 0, 1), 1e-6);
    }

    [Fact]
    public void AnEvenPictureIsOneTokenEverywhere()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = new VqGanNetwork(TinyVqGan.Config(4, 2, local: true));
        TinyVqGan.Stir(network);
        Assert.Single(network.Encode(full([1, 3, 64, 64], 0.3)).ToArray<long>().Distinct());
    }

    [Fact]
    public void LatentsLieOnASphere()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyVqGan.Config(4, 1, local: true);
        using var network = new VqGanNetwork(config);
        var lengths = network.encoder.forward(TinyVqGan.Pictures(2, 32, 32)).square().sum(1).ToArray<float>();
        Assert.All(lengths, l => Assert.Equal(config.CodebookDim, l, 1e-3));
    }

    [Fact]
    public void ADecoderOfItsOwnShapeServesTheSameCodes()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyVqGan.Config(4, 2, local: true) with { Decoder = TinyVqGan.Stack(2, 3, local: false) };
        using var network = new VqGanNetwork(config);
        Assert.Equal([1, 3, 32, 32], network.Decode(zeros([1, 4, 4], int64)).shape);
    }

    [Fact]
    public void EveryParameterIsLearned_AndTheCodebookIsNone()
    {
        using var scope = NewDisposeScope();
        using var network = new VqGanNetwork(TinyVqGan.Config(4, 2, local: true));
        TinyVqGan.Stir(network);
        network.decoder.forward(network.encoder.forward(TinyVqGan.Pictures(1, 32, 32))).square().mean().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is not null, p.name));
        Assert.DoesNotContain(network.named_parameters(), p => p.name.Contains("codebook", StringComparison.Ordinal));
        Assert.Contains("quantize.codebook", network.state_dict().Keys);
    }

    [Fact]
    public void PassesLeaveNoTensorBehind()
    {
        using var network = new VqGanNetwork(TinyVqGan.Config(4, 2, local: true));
        using var pictures = TinyVqGan.Pictures(1, 32, 32);
        TensorCount.IsKept(() =>
        {
            using var guard = inference_mode();
            using var codes = network.Encode(pictures);
            network.Decode(codes).Dispose();
        });
    }
}
