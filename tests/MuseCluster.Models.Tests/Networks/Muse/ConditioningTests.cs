using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

[Collection(nameof(NetworkTests))]
public sealed class ConditioningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void JoinedPicturesHaveEachPicturesLogits(bool lowSkip)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Superres(2, lowSkip);
        using var network = new SuperResolutionTransformer(config);
        var items = Enumerable.Range(0, 3).Select(i => Of(network, config, 2, i)).ToArray();
        using var joined = Conditioning.Concat(items);
        var grids = TinyMuse.Grids(config, 3, 1);

        var together = network.Logits(grids, TinyMuse.Layout(config, 3, groups: 2), joined, null).view(3, 2 * config.Tokens, -1);
        for (var i = 0; i < 3; i++)
            TinyMuse.Close(
                network.Logits(grids.narrow(0, i, 1), TinyMuse.Layout(config, 1, groups: 2), items[i], null), together.select(0, i));
        Assert.Equal(items.Sum(i => i.Bytes), joined.Bytes);
    }

    [Fact]
    public void TheJoinedOneOwnsCopies()
    {
        using var guard = no_grad();
        var config = TinyMuse.Superres(2, lowSkip: true);
        using var network = new SuperResolutionTransformer(config);
        Conditioning joined;
        float[] expected;
        using (NewDisposeScope())
        {
            using var item = Of(network, config, 1, 1);
            expected = item.Values[1].ToArray<float>();
            joined = Conditioning.Concat([item]);
        }
        Assert.Equal(expected, joined.Values[1].ToArray<float>());
        joined.Dispose();
        Assert.All(joined.Keys, k => Assert.True(k.IsDisposed));
        Assert.True(joined.Input!.IsDisposed);
    }

    [Fact]
    public void MaskedTextWeighsNothing()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0f, 1f], tensor([Conditioning.Masked, 0f]).softmax(0).ToArray<float>());
    }

    private static Conditioning Of(SuperResolutionTransformer network, SuperResolutionTransformerConfig config, int count, int seed) =>
        network.Condition(TinyMuse.Texts(config, count, seed), TinyMuse.Words(count, 5), TinyMuse.LowGrids(config, count, seed));
}
