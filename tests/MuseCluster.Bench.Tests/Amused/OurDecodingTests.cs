using MuseCluster.Bench.Amused;
using MuseCluster.Models.Networks.Amused;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Tests.Amused;

public sealed class OurDecodingTests
{
    [Fact]
    public void Decoding_with_and_without_its_savings_masks_the_same_numbers_of_tokens()
    {
        var config = new UVit2DConfig
        {
            HiddenSize = 32, CondEmbedDim = 12, MicroCondEncodeDim = 8, MicroCondEmbedDim = 40, EncoderHiddenSize = 20, VocabSize = 72, CodebookSize = 64,
            InChannels = 24, BlockOutChannels = 24, NumResBlocks = 1, BlockNumHeads = 3, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 48, SampleSize = 6,
        };
        using var folder = RandomUVit.Create(config, null, CancellationToken.None);
        using var model = folder.Load();
        using var inputs = new UVitCase(config, 7);
        using var scope = NewDisposeScope();
        var input = OurDecoding.Twice(inputs);
        using var ours = new OurDecoding(model, input, 4, 3);
        using var plain = new OurDecoding(new PlainUVit(model), input, 4, 3);
        Assert.Equal([36, 33, 25, 13], ours.Run());
        Assert.Equal([36, 33, 25, 13], plain.Run());
        var (pass, whole) = DecodingSavings.Passes(model, input, 20, CancellationToken.None);
        Assert.Equal(pass.Wall.Seconds.Count, whole.Wall.Seconds.Count);
        Assert.Equal(4, DecodingSavings.Measure(model, input, [36, 33, 25, 13], CancellationToken.None).Count);
    }
}
