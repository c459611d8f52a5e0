using MuseCluster.Bench.Amused;
using MuseCluster.Models.Networks.Amused;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Tests.Amused;

public class RandomUVitTests
{
    // Heads of 32, which attention on the host serves, as it does aMUSEd's of 64.
    internal static UVit2DConfig Tiny { get; } = new()
    {
        SampleSize = 4, HiddenSize = 64, CondEmbedDim = 12, MicroCondEncodeDim = 4, MicroCondEmbedDim = 20, EncoderHiddenSize = 10, VocabSize = 20,
        CodebookSize = 16, InChannels = 24, BlockOutChannels = 32, NumResBlocks = 1, BlockNumHeads = 1, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 48,
    };

    [Fact]
    public void What_is_written_loads_and_gives_finite_logits()
    {
        using var network = RandomUVit.Create(Tiny, null, default);
        using var inputs = new UVitCase(Tiny, textLength: 7);
        using var model = network.Load();
        using var logits = inputs.Run(model);

        Assert.Equal(Tiny, model.Config);
        Assert.Equal([1, 16, 4, 4], logits.shape);
        Assert.True(logits.isfinite().all().item<bool>());
        Assert.True(logits.var([0, 1, 2, 3]).item<float>() > 0);
        Assert.True(network.Bytes > 4 * model.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void A_temporary_network_is_gone_afterwards_and_a_kept_one_is_not()
    {
        var kept = Directory.CreateTempSubdirectory("muse-bench-tests-").FullName;
        try
        {
            string temporary;
            using (var network = RandomUVit.Create(Tiny, null, default))
                temporary = network.Folder;
            RandomUVit.Create(Tiny, kept, default).Dispose();

            Assert.False(Directory.Exists(temporary));
            Assert.Equal(["config.json", "diffusion_pytorch_model.safetensors"], Directory.EnumerateFiles(kept).Select(Path.GetFileName).Order());
        }
        finally
        {
            Directory.Delete(kept, recursive: true);
        }
    }

    [Fact]
    public void Products_come_to_two_operations_per_weight_and_row()
    {
        using var network = RandomUVit.Create(Tiny, null, default);
        using var inputs = new UVitCase(Tiny, textLength: 7);
        using var model = network.Load();

        var work = UVitProducts.Measure(model, inputs, default).ToDictionary(p => p.Kind, p => p.Work.Total);

        // Two projections of the condition; scale and shift of three norms in each layer, and of two convolutions.
        Assert.Equal(2 * ((32 * 64) + (64 * 64) + (2 * 3 * 64 * 128) + (2 * 64 * 64)), work["linear layers, condition"]);
        // The text's projection, its keys and values in each layer, and at the blocks' width in each of their attentions.
        Assert.Equal(2 * 7 * ((10 * 64) + (2 * 2 * 64 * 64) + (2 * 64 * 32) + (4 * 2 * 32 * 32)), work["linear layers, text"]);
        Assert.Equal(2 * 2 * 16 * 9 * 32, work["convolutions of 3 x 3"]);
        Assert.Equal(4 * 16 * ((2 * 16 * 64) + (2 * 7 * 64) + (4 * 7 * 32)), work["attention, softmax included"]);
    }
}
