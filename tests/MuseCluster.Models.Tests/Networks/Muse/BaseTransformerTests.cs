using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

[Collection(nameof(NetworkTests))]
public sealed class BaseTransformerTests
{
    public static TheoryData<int> Patches => [1, 2];

    [Theory]
    [MemberData(nameof(Patches))]
    public void EveryTokenHasLogits_AndChosenRowsAreRowsOfAll(int patch)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(patch);
        using var network = new BaseTransformer(config);
        var (grids, conditioning) = (TinyMuse.Grids(config, 3, 1), Condition(network, 3));

        var all = network.Logits(grids, TinyMuse.Layout(config, 3), conditioning, null);
        var rows = tensor([47L, 0, 5, 5, 16, 31]);
        var chosen = network.Logits(grids, TinyMuse.Layout(config, 3), conditioning, rows);

        Assert.Equal([3 * 16, 11], all.shape);
        TinyMuse.Close(all.index_select(0, rows), chosen);
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void PicturesDoNotSeeEachOther(int patch)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(patch);
        using var network = new BaseTransformer(config);
        var (grids, texts) = (TinyMuse.Grids(config, 4, 2), TinyMuse.Texts(config, 4, 3));
        var order = tensor([2L, 0, 3, 1]);

        Tensor Logits(Tensor g, Tensor t) => network.Logits(
            g, TinyMuse.Layout(config, 4), network.Condition(t, TinyMuse.Words(4, 5)), null).view(4, 16, 11);

        TinyMuse.Close(
            Logits(grids, texts).index_select(0, order), Logits(grids.index_select(0, order), texts.index_select(0, order)));
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void GroupsOfAPictureAreSequencesOfTheirOwn(int patch)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(patch);
        using var network = new BaseTransformer(config);
        var grids = TinyMuse.Grids(config, 2, 4);
        var conditioning = Condition(network, 4);

        var grouped = network.Logits(grids, TinyMuse.Layout(config, 2, groups: 2), conditioning, null);
        var twice = grids.index_select(0, tensor([0L, 0, 1, 1]));
        var apart = network.Logits(twice, TinyMuse.Layout(config, 4), conditioning, null);

        TinyMuse.Close(apart, grouped);
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void PaddingRowsChangeNothing(int patch)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(patch);
        using var network = new BaseTransformer(config);
        var (grids, conditioning) = (TinyMuse.Grids(config, 2, 5), Condition(network, 4));

        TinyMuse.Close(
            network.Logits(grids, TinyMuse.Layout(config, 2, groups: 2), conditioning, null),
            network.Logits(grids, TinyMuse.Layout(config, 2, groups: 2, padding: 7), conditioning, null));
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void TextPaddingChangesNothing_HoweverLong(int patch)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(patch);
        using var network = new BaseTransformer(config);
        var (grids, texts) = (TinyMuse.Grids(config, 2, 6), TinyMuse.Texts(config, 2, 7));

        Tensor Logits(Tensor text, Tensor mask) =>
            network.Logits(grids, TinyMuse.Layout(config, 2), network.Condition(text, mask), null);

        var alone = Logits(texts.narrow(1, 0, 3), TinyMuse.Words(2, 3));
        foreach (var padding in new[] { 1, 2, 20 })
        {
            var longer = cat([texts.narrow(1, 0, 3), full([2, padding, config.TextDim], 9)], 1);
            var mask = cat([TinyMuse.Words(2, 3), zeros([2, padding], @bool)], 1);
            TinyMuse.Close(alone, Logits(longer, mask));
        }
    }

    [Fact]
    public void WithPooledTextEveryPositionStartsFromTheText()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(2);
        using var network = new BaseTransformer(config);
        using var without = new BaseTransformer(config with { PooledText = false });
        var texts = TinyMuse.Texts(config, 2, 7);
        var input = network.Condition(texts, TinyMuse.Words(2, 5)).Input!;

        Assert.Equal([2, config.Positions, config.Dim], input.shape);
        Assert.Equal(input.select(1, 0).ToArray<float>(), input.select(1, 3).ToArray<float>());
        TinyMuse.Differs(input.select(0, 0), input.select(0, 1));
        Assert.Null(without.Condition(texts, TinyMuse.Words(2, 5)).Input);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void AWordsKeysFollowFromTheWordsAsFarAsTheTextOverlap(int overlap)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base() with { TextLength = 9, TextOverlap = overlap };
        using var network = new BaseTransformer(config);
        var texts = TinyMuse.Texts(config, 1, 7);
        const int Changed = 4;
        var other = texts.clone();
        other.narrow(1, Changed, 1).add_(1);

        var (before, after) = (Keys(texts), Keys(other));
        for (var word = 0; word < config.TextLength; word++)
            Assert.Equal(Math.Abs(word - Changed) > overlap, before.select(1, word).equal(after.select(1, word)));

        Tensor Keys(Tensor text) => network.Condition(text, TinyMuse.Words(1, config.TextLength)).Keys[0];
    }

    [Fact]
    public void TextAndKnownTokensBearOnEveryLogit()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(2);
        using var network = new BaseTransformer(config);
        var (grids, conditioning) = (TinyMuse.Grids(config, 1, 8), Condition(network, 2));
        var other = grids.clone();
        other.index_copy_(1, tensor([0L]), tensor([(grids.ToArray<long>()[0] + 1) % config.CodebookSize], [1, 1]));

        Tensor Last(Tensor g, long sequence) => network.Logits(
            g, TinyMuse.Layout(config, 1, groups: 2), conditioning, tensor([(sequence * config.Tokens) + config.Tokens - 1]));

        TinyMuse.Differs(Last(grids, 0), Last(grids, 1));
        TinyMuse.Differs(Last(grids, 0), Last(other, 0), 1e-6);
    }

    [Fact]
    public void ASquareOfTokensFoldsIntoItsOwnPosition()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(2);
        using var network = new BaseTransformer(config);
        // Without its attentions and MLPs a transformer maps each position by itself.
        foreach (var (name, tensor) in network.state_dict())
            if (name.EndsWith("attention.output.weight", StringComparison.Ordinal) || name.Contains(".mlp_out.", StringComparison.Ordinal))
                tensor.zero_();
        var (grid, conditioning) = (TinyMuse.Grids(config, 1, 9), Condition(network, 1));
        var before = network.Logits(grid, TinyMuse.Layout(config, 1), conditioning, null);

        for (var token = 0; token < config.Tokens; token++)
        {
            var changed = grid.clone();
            changed.index_copy_(1, tensor([(long)token]), tensor([(grid.ToArray<long>()[token] + 1) % config.CodebookSize], [1, 1]));
            var difference = (network.Logits(changed, TinyMuse.Layout(config, 1), conditioning, null) - before).abs().max(1).values.ToArray<float>();
            for (var other = 0; other < config.Tokens; other++)
                Assert.Equal(Square(token) == Square(other), difference[other] > 1e-6);
        }

        int Square(int token) => (token / config.GridSize / 2 * 2) + (token % config.GridSize / 2);
    }

    [Fact]
    public void APositionUnfoldsIntoItsSquareInReadingOrder()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var config = TinyMuse.Base(2);
        using var network = new BaseTransformer(config);
        var state = network.state_dict();
        var width = 2 * config.TokenDim;
        // The part of the unfolding that belongs to place k of a square gives k + 1, and the head sums it up.
        state["output.unfold.weight"].zero_();
        state["output.unfold.bias"].copy_(tensor(Enumerable.Range(0, 4 * width).Select(i => (i / width) + 1f).ToArray()));
        state["output.head.weight"].fill_(1);

        var sums = network.Logits(TinyMuse.Grids(config, 1, 10), TinyMuse.Layout(config, 1), Condition(network, 1), null).select(1, 0).ToArray<float>();
        for (var token = 0; token < config.Tokens; token++)
        {
            var place = (token / config.GridSize % 2 * 2) + (token % 2);
            Assert.Equal(width * Gelu(place + 1), sums[token], 1e-2);
        }

        static double Gelu(int x) => new[] { 0.8413, 1.9545, 2.9960, 3.9999 }[x - 1];
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void EveryParameterIsLearned(int patch)
    {
        using var scope = NewDisposeScope();
        var config = TinyMuse.Base(patch);
        using var network = new BaseTransformer(config);
        network.Logits(TinyMuse.Grids(config, 2, 11), TinyMuse.Layout(config, 2), Condition(network, 2), null).square().mean().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is { } g && g.abs().max().item<float>() > 0, p.name));
    }

    [Fact]
    public void InitialLogitsAreOfOrderOne()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        manual_seed(1);
        var config = TinyMuse.Base(2) with { Dim = 64, Layers = 6, Heads = 4, MlpDim = 128, TokenDim = 24, CodebookSize = 256 };
        using var network = new BaseTransformer(config);
        var logits = network.Logits(TinyMuse.Grids(config, 4, 12), TinyMuse.Layout(config, 4), Condition(network, 4), null);
        Assert.InRange(logits.square().mean().sqrt().item<float>(), 0.03f, 1.5f);
    }

    [Fact]
    public void PassesLeaveNoTensorBehind()
    {
        using var network = new BaseTransformer(TinyMuse.Base(2));
        TensorCount.IsKept(() =>
        {
            using var scope = NewDisposeScope();
            using var guard = inference_mode();
            network.Logits(TinyMuse.Grids(network.Config, 2, 1), TinyMuse.Layout(network.Config, 2), Condition(network, 2), null);
        });
        TensorCount.IsKept(() => new BaseTransformer(TinyMuse.Base()).Dispose());
    }

    [Fact]
    public void AConfigThatCannotBeBuiltIsRefused() =>
        Assert.Throws<Models.Networks.ConfigException>(() => new BaseTransformer(TinyMuse.Base() with { Heads = 3 }));

    private static Conditioning Condition(BaseTransformer network, int count) =>
        network.Condition(TinyMuse.Texts(network.Config, count, 100), TinyMuse.Words(count, network.Config.TextLength));
}
