using MuseCluster.Bench.Autoregressive;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Tests;

public class CausalTransformerTests
{
    [Fact]
    public void The_last_position_of_one_layer_equals_the_masked_networks()
    {
        // With one layer the last position attends to what every position was given, before or after it: the masked network
        // must agree once its grid is what the causal one was shown, every square moved on by one.
        manual_seed(3);
        using var scope = NewDisposeScope();
        using var guard = inference_mode();
        var config = WorkTests.Small with { Layers = 1 };
        using var network = new BaseTransformer(config);
        var conditioning = network.Condition(randn(4, config.TextLength, config.TextDim), ones([4, config.TextLength], dtype: @bool));
        var squares = randint(config.CodebookSize, [2, config.Positions, 4], int64);
        squares.select(1, 0).fill_(config.MaskId);
        var causal = new CausalTransformer(network);
        using var cache = causal.Cache(4);

        Tensor? last = null;
        for (var position = 0; position < config.Positions; position++)
            last = causal.Step(squares.select(1, position).contiguous(), position, 2, conditioning, cache);

        var grid = squares.view(2, 2, 2, 2, 2).permute(0, 1, 3, 2, 4).reshape(2, config.Tokens);
        var all = network.Logits(grid, new RowLayout(2, 2, config.Positions, 2 * config.Positions), conditioning, null)
            .view(4, 2, 2, 2, 2, config.CodebookSize).permute(0, 1, 3, 2, 4, 5).reshape(4, config.Positions, 4, config.CodebookSize);
        Assert.True(allclose(last!.view(4, 4, config.CodebookSize), all.select(1, config.Positions - 1), rtol: 1e-4, atol: 1e-5));
    }
}
