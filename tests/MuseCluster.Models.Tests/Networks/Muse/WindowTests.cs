using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

public sealed class WindowTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(4, 3)]
    public void APositionSeesItsSquareAndAsManyNeighboursAsTheOverlapSays(int patch, int overlap)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        manual_seed(5);
        using var network = new BaseTransformer(TinyMuse.Base(patch) with { Overlap = overlap, PooledText = false });
        var (config, weights) = (network.Config, network.state_dict());

        // Blocks that add nothing leave what the input gives to the output.
        foreach (var (name, weight) in weights)
            if (name.Contains("_attention.output", StringComparison.Ordinal) || name.Contains("mlp_out", StringComparison.Ordinal))
                weight.zero_();
        var grids = TinyMuse.Grids(config, 3, 1);

        var window = config.Window;
        var kernel = weights["input.fold.weight"].view(config.Dim, window, window, config.TokenDim).permute(0, 3, 1, 2).contiguous();
        var tokens = nn.functional.embedding(grids, weights["input.tokens.weight"]).view(3, config.GridSize, config.GridSize, config.TokenDim).permute(0, 3, 1, 2);
        var x = nn.functional.conv2d(tokens, kernel, weights["input.fold.bias"], [patch, patch], [overlap, overlap])
            .flatten(2, 3).transpose(1, 2) + weights["input.positions.weight"];
        x = nn.functional.layer_norm(x, [config.Dim], weights["output.norm.weight"], weights["output.norm.bias"]);
        var side = config.GridSize / patch;
        var each = nn.functional.linear(x, weights["output.unfold.weight"], weights["output.unfold.bias"])
            .view(3, side, side, patch, patch, -1).permute(0, 1, 3, 2, 4, 5).reshape(3 * config.Tokens, -1);
        var expected = nn.functional.linear(each.gelu(), weights["output.head.weight"], weights["output.head.bias"]);

        var conditioning = network.Condition(TinyMuse.Texts(config, 3, 2), TinyMuse.Words(3, config.TextLength));
        TinyMuse.Close(expected, network.Logits(grids, TinyMuse.Layout(config, 3), conditioning, null));
    }
}
