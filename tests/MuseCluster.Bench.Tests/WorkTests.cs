using MuseCluster.Bench.Arithmetic;
using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;

namespace MuseCluster.Bench.Tests;

public class WorkTests
{
    internal static BaseTransformerConfig Small { get; } = new()
    {
        CodebookSize = 10, GridSize = 4, Patch = 2, TokenDim = 3, TextDim = 5, TextLength = 7, Dim = 8, Layers = 2, Heads = 2, MlpDim = 16,
    };

    [Fact]
    public void A_pass_comes_to_the_sum_by_hand()
    {
        // 4 positions of 2x2 tokens, 2 groups, 5 masked tokens.
        var fold = 2 * 4 * 12 * 8;
        var layers = 2 * 4 * ((8 * 24) + (8 * 8) + (8 * 8) + (8 * 8) + (8 * 16) + (16 * 8));
        var attention = (4 * 4 * 4 * 8) + (4 * 4 * 7 * 8);
        var unfold = 2 * 4 * 8 * 24;
        var head = 2 * 5 * 6 * 10;

        var work = new TransformerWork(Small).Pass(groups: 2, masked: 5);

        Assert.Equal(fold + (2 * ((2 * layers) + unfold + head)), work.Linear);
        Assert.Equal(2 * 2 * attention, work.Attention);
        Assert.Equal(0, work.Convolution);
    }

    [Fact]
    public void Linear_layers_come_to_two_operations_per_weight_and_row()
    {
        using var network = new BaseTransformer(Small);
        var weights = network.state_dict().Where(t => t.Key.StartsWith("blocks.", StringComparison.Ordinal) && t.Value.shape.Length == 2
            && !t.Key.Contains("key_value", StringComparison.Ordinal)).Sum(t => t.Value.numel());
        var ends = network.state_dict().Where(t => t.Key is "input.fold.weight" or "output.unfold.weight").Sum(t => t.Value.numel());

        Assert.Equal(2.0 * Small.Positions * (weights + ends), new TransformerWork(Small).Pass(groups: 1, masked: 0).Linear);
    }

    [Fact]
    public void All_passes_follow_the_schedule()
    {
        var options = new DecodingOptions { Steps = 4, Guidance = 0 };
        var masked = TransformerWork.MaskedAtSteps(options, Small.Tokens).ToList();

        Assert.Equal([16, 14, 11, 6], masked);
        Assert.Equal(masked.Sum(m => new TransformerWork(Small).Pass(1, m).Total), new TransformerWork(Small).Passes(options).Total);
    }

    [Fact]
    public void A_text_comes_to_the_sum_by_hand()
    {
        var config = new T5Config { VocabSize = 9, DModel = 6, DKv = 4, DFf = 11, NumLayers = 3, NumHeads = 2, FeedForwardProj = T5FeedForwardKind.GatedGelu };

        Assert.Equal(3 * ((4 * 2 * 5 * 6 * 8) + (4 * 5 * 5 * 8) + (3 * 2 * 5 * 6 * 11)), TextWork.Encode(config, 5).Total);
    }

    [Fact]
    public void Pixel_decoding_counts_every_weight_at_its_resolution()
    {
        var stack = new VqGanStackConfig { Channels = [8, 16], Blocks = [[3], [1, 3]], Patch = 2 };
        var config = new VqGanConfig { Resolution = 16, CodebookSize = 4, CodebookDim = 5, Encoder = stack, Decoder = stack };
        var small = (5 * 16 * 9) + (2 * 16 * 32) + (2 * 16 * 16 * 9);
        var large = (16 * 8 * 9) + (2 * 8 * 8 * 9) + (8 * 12 * 9);

        Assert.Equal(2 * ((4 * 4 * small) + (8 * 8 * large)), PixelWork.Decode(config).Total);
        using var network = new VqGan(config);
        Assert.Equal(small + large, network.decoder.state_dict().Where(t => t.Value.shape is { Length: 4 } s && s[0] > 1).Sum(t => t.Value.numel()));
    }
}
