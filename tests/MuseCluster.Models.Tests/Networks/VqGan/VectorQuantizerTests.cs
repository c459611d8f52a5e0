using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Tests.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.VqGan;

[Collection(nameof(NetworkTests))]
public sealed class VectorQuantizerTests
{
    [Fact]
    public void TheNearestCodeIsTheNearest()
    {
        using var guard = no_grad();
        using var quantizer = new VectorQuantizer(17, 3);
        var codes = quantizer.codebook.ToArray<float>().Chunk(3).ToArray();
        Prop.ForAll(Gen.Choose(-300, 300).Select(i => i / 100f).ArrayOf(3).ToArbitrary(), row =>
        {
            using var scope = NewDisposeScope();
            var chosen = quantizer.Nearest(tensor(row, [1, 3])).item<long>();
            var distances = codes.Select(c => c.Zip(row, (a, b) => (double)(a - b) * (a - b)).Sum()).ToArray();
            return distances[chosen] <= distances.Min() + 1e-4;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void CodesAreTheirOwnNearest_InTheirPlaces()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var quantizer = new VectorQuantizer(30, 4);
        var indices = tensor(Enumerable.Range(0, 30).Select(i => (long)((i * 7) % 30)).ToArray(), [2, 3, 5]);
        var codes = quantizer.Lookup(indices);
        Assert.Equal([2, 4, 3, 5], codes.shape);
        Assert.Equal(indices.ToArray<long>(), quantizer.Quantize(codes).ToArray<long>());
        Assert.Equal(
            quantizer.codebook.select(0, (1 * 15 + 1 * 5 + 2) * 7 % 30).ToArray<float>(), codes.select(0, 1).select(1, 1).select(1, 2).ToArray<float>());
    }
}
