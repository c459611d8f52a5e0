using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

[Collection(nameof(NetworkTests))]
public sealed class PositionEmbeddingTests
{
    [Fact]
    public void GridsOfDifferentSizesOverOnePictureBeginAligned()
    {
        // The middle one of 3 x 3 fine cells has the centre of the coarse cell around them.
        var (coarse, fine) = (Weights(TinyMuse.Base() with { GridSize = 2 }), Weights(TinyMuse.Base() with { GridSize = 6 }));
        for (var y = 0; y < 2; y++)
            for (var x = 0; x < 2; x++)
                for (var i = 0; i < 16; i++)
                    Assert.Equal(coarse[(((y * 2) + x) * 16) + i], fine[(((((3 * y) + 1) * 6) + (3 * x) + 1) * 16) + i], 1e-5);
    }

    [Fact]
    public void LowAndHighPositionsOfSuperResolutionBeginAligned()
    {
        using var network = new SuperResolutionTransformer(TinyMuse.Superres(2));
        var state = network.state_dict();
        Assert.Equal(state["low_positions.weight"].ToArray<float>(), state["input.positions.weight"].ToArray<float>());
    }

    [Fact]
    public void EveryPositionIsDifferent()
    {
        var weights = Weights(TinyMuse.Base() with { GridSize = 16, Dim = 32 }).Chunk(32).ToList();
        for (var i = 0; i < weights.Count; i++)
            for (var j = 0; j < i; j++)
                Assert.True(weights[i].Zip(weights[j], (a, b) => Math.Abs(a - b)).Max() > 0.01, $"{i} and {j}");
    }

    private static float[] Weights(BaseTransformerConfig config)
    {
        using var network = new BaseTransformer(config);
        return network.state_dict()["input.positions.weight"].ToArray<float>();
    }
}
