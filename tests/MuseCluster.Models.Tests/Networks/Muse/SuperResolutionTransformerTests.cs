using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

[Collection(nameof(NetworkTests))]
public sealed class SuperResolutionTransformerTests
{
    public static TheoryData<int, bool> Shapes => new() { { 1, false }, { 1, true }, { 2, false }, { 2, true } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryTokenHasLogits_AndChosenRowsAreRowsOfAll(int patch, bool lowSkip)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Superres(patch, lowSkip);
        using var network = new SuperResolutionTransformer(config);
        var (grids, conditioning) = (TinyMuse.Grids(config, 2, 1), Condition(network, config, 4));

        var layout = TinyMuse.Layout(config, 2, groups: 2, padding: 3);
        var all = network.Logits(grids, layout, conditioning, null);
        var rows = tensor([255L, 0, 64, 191]);

        Assert.Equal([4 * 64, 13], all.shape);
        TinyMuse.Close(all.index_select(0, rows), network.Logits(grids, layout, conditioning, rows));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void KeysAreTheLowTokensAndTheText(int patch, bool lowSkip)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Superres(patch, lowSkip);
        using var network = new SuperResolutionTransformer(config);
        var conditioning = Condition(network, config, 3);

        Assert.Equal(config.Layers, conditioning.Keys.Count);
        Assert.All(conditioning.Keys.Concat(conditioning.Values), t => Assert.Equal([3 * 2, 16 + 5, 8], t.shape));
        Assert.Equal([3, 1, 1, 16 + 5], conditioning.Bias.shape);
        Assert.Equal(lowSkip, conditioning.Input is not null);
        if (lowSkip)
            Assert.Equal([3, config.Positions, 16], conditioning.Input!.shape);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LowTokensBearOnTheLogits(int patch, bool lowSkip)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Superres(patch, lowSkip);
        using var network = new SuperResolutionTransformer(config);
        var (grids, texts, words) = (TinyMuse.Grids(config, 1, 2), TinyMuse.Texts(config, 1, 3), TinyMuse.Words(1, 5));

        Tensor Logits(int low) => network.Logits(
            grids, TinyMuse.Layout(config, 1), network.Condition(texts, words, TinyMuse.LowGrids(config, 1, low)), null);

        TinyMuse.Differs(Logits(1), Logits(2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ThePathFromTheLowGridReachesItsOwnPlace(int patch)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Superres(patch, lowSkip: true, lowLayers: 0);
        using var network = new SuperResolutionTransformer(config);
        var (texts, words) = (TinyMuse.Texts(config, 1, 4), TinyMuse.Words(1, 5));
        var low = TinyMuse.LowGrids(config, 1, 5);
        var before = network.Condition(texts, words, low).Input!;
        var (side, times) = (config.GridSize / patch, config.GridSize / patch / config.LowGridSize);

        for (var cell = 0; cell < 16; cell++)
        {
            var changed = low.clone();
            changed.index_copy_(1, tensor([(long)cell]), tensor([(low.ToArray<long>()[cell] + 1) % config.LowCodebookSize], [1, 1]));
            var difference = (network.Condition(texts, words, changed).Input! - before).abs().max(2).values.ToArray<float>();
            for (var position = 0; position < config.Positions; position++)
                Assert.Equal((position / side / times * 4) + (position % side / times) == cell, difference[position] > 1e-6);
        }
    }

    [Fact]
    public void EveryParameterIsLearned()
    {
        using var scope = NewDisposeScope();
        var config = TinyMuse.Superres(2, lowSkip: true);
        using var network = new SuperResolutionTransformer(config);
        network.Logits(TinyMuse.Grids(config, 2, 6), TinyMuse.Layout(config, 2), Condition(network, config, 2), null).square().mean().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is { } g && g.abs().max().item<float>() > 0, p.name));
    }

    [Fact]
    public void PassesLeaveNoTensorBehind()
    {
        var config = TinyMuse.Superres(2, lowSkip: true);
        using var network = new SuperResolutionTransformer(config);
        TensorCount.IsKept(() =>
        {
            using var scope = NewDisposeScope();
            using var guard = inference_mode();
            network.Logits(TinyMuse.Grids(config, 2, 1), TinyMuse.Layout(config, 2), Condition(network, config, 2), null);
        });
    }

    private static Conditioning Condition(SuperResolutionTransformer network, SuperResolutionTransformerConfig config, int count) =>
        network.Condition(TinyMuse.Texts(config, count, 100), TinyMuse.Words(count, config.TextLength), TinyMuse.LowGrids(config, count, 101));
}
