using MuseCluster.Generation.Decoding;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

[Collection(nameof(DecoderTests))]
public sealed class RowAlignmentTests
{
    private static readonly (int Input, int Output)[] Shapes = [(256, 768), (768, 256), (256, 256), (128, 384), (128, 512), (512, 128)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheMultipleItFindsMakesAPicturesRowsIndependentOfTheOthers(int threads)
    {
        using var limit = new Threads(threads);
        var (multiple, pass) = RowAlignment.Find(Shapes, CPU);
        var candidates = new[] { 0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 144, 192 };
        Assert.Contains(multiple, candidates);
        Assert.Contains(pass, candidates);
        if (multiple == 0)
            return;
        Assert.Equal(0, pass % multiple);
        var options = new MaskedDecoderOptions { RowMultiple = multiple, PassMultiple = pass };

        using var guard = inference_mode();
        manual_seed(3);
        foreach (var (input, output) in Shapes)
            foreach (var used in new[] { 16, 64, 100 })
            {
                using var scope = NewDisposeScope();
                var (weight, bias) = (randn(output, input), randn(output));
                var block = randn(used, input);
                float[]? plain = null, biased = null;
                foreach (var (count, place) in new[] { (1, 0), (2, 0), (2, 1), (3, 1), (6, 5), (9, 4), (16, 15) })
                {
                    var rows = options.RowsPerShare(used, count);
                    var all = randn(count * rows, input);
                    all.narrow(0, place * rows, used).copy_(block);
                    float[] Own(Tensor result) => result.view(count * rows, output).narrow(0, place * rows, used).ToArray<float>();

                    // As the networks call it: with pictures as a dimension, with and without bias.
                    var pictures = all.view(count, rows, input);
                    Assert.Equal(plain ??= Own(nn.functional.linear(pictures, weight)), Own(nn.functional.linear(pictures, weight)));
                    Assert.Equal(biased ??= Own(nn.functional.linear(pictures, weight, bias)), Own(nn.functional.linear(pictures, weight, bias)));
                }
            }
    }

    [Fact]
    public void LookingForItDoesNotDisturbLibtorchsGenerator()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var expected = rand(3).ToArray<float>();
        manual_seed(5);
        RowAlignment.Find([(16, 16)], CPU);
        Assert.Equal(expected, rand(3).ToArray<float>());
    }

    [Fact]
    public void WithoutASafeMultipleAPassHoldsOnePicture()
    {
        using var tiny = TinyDecoding.Make("base");
        var options = MaskedDecoderOptions.For(tiny.Network, CPU, 5);
        using var threads = NewNumThreadsScope(options.ThreadsPerPass);
        var (multiple, pass) = RowAlignment.Find(tiny.Shape.RowLayers, CPU);
        Assert.Equal(multiple == 0 ? (1, 1, 1) : (5, multiple, pass), (options.PicturesPerPass, options.RowMultiple, options.PassMultiple));
        Assert.False(options.FixedPasses);
    }

    [Fact]
    public void ElementwiseFunctionsDoNotDependOnTheOthersEither()
    {
        // A vector kernel may hand the end of each thread's share to a scalar function, and the shares' ends move with the
        // number of pictures.
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        manual_seed(6);
        var block = randn(24, 768);
        var (gelu, silu) = (block.gelu().ToArray<float>(), block.silu().ToArray<float>());
        foreach (var (count, place) in new[] { (2, 1), (3, 0), (5, 3), (8, 7) })
        {
            var all = randn(24 * count, 768);
            all.narrow(0, 24 * place, 24).copy_(block);
            Assert.Equal(gelu, all.gelu().narrow(0, 24 * place, 24).ToArray<float>());
            Assert.Equal(silu, all.silu().narrow(0, 24 * place, 24).ToArray<float>());
        }
    }
}
