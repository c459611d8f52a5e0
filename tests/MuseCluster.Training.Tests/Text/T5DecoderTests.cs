using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using MuseCluster.Training.Text;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Text;

public sealed class T5DecoderTests
{
    internal static T5Config Small { get; } = new()
    {
        VocabSize = 40,
        DModel = 16,
        DKv = 8,
        DFf = 32,
        NumLayers = 1,
        NumDecoderLayers = 2,
        NumHeads = 2,
        FeedForwardProj = T5FeedForwardKind.GatedGelu,
        TieWordEmbeddings = false,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ALaterTargetDoesNotChangeEarlierLogits(bool tied)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SpanCorruptionModel(Small with { TieWordEmbeddings = tied });
        Tensor encoded = model.Encoder.forward(tensor([5L, 6, 7, 1], [1, 4]));
        Tensor before = model.Decoder.forward(tensor([0L, 8, 9, 10, 11], [1, 5]), encoded);
        Tensor after = model.Decoder.forward(tensor([0L, 8, 9, 30, 11], [1, 5]), encoded);
        float[] changes = (before - after).abs().max(2).values.ToArray<float>();
        Assert.Equal([1, 5, 40], before.shape);
        Assert.All(changes[..3], change => Assert.InRange(change, 0, 1e-6f));
        Assert.All(changes[3..], change => Assert.True(change > 1e-3f));
    }

    [Fact]
    public void ItReadsTheEncodersResultButNotItsPadding()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SpanCorruptionModel(Small);
        Tensor ids = tensor([0L, 8, 9], [1, 3]);
        Tensor encoded = randn(1, 4, 16), other = randn(1, 4, 16);
        Tensor alone = model.Decoder.forward(ids, encoded);
        Tensor padded = model.Decoder.forward(ids, cat([encoded, other], 1), tensor([1L, 1, 1, 1, 0, 0, 0, 0], [1, 8]));
        Assert.True((alone - padded).abs().max().item<float>() < 1e-5f);
        Assert.True((alone - model.Decoder.forward(ids, other)).abs().max().item<float>() > 1e-3f);
    }

    [Fact]
    public void ParametersHaveHuggingFacesNames()
    {
        using var untied = new SpanCorruptionModel(Small);
        using var tied = new SpanCorruptionModel(Small with { TieWordEmbeddings = true });
        string[] names = [.. untied.state_dict().Keys];
        string[] decoder =
        [
            .. Enumerable.Range(0, 2).SelectMany(i => new[]
            {
                "0.SelfAttention.q", "0.SelfAttention.k", "0.SelfAttention.v", "0.SelfAttention.o", "0.layer_norm",
                "1.EncDecAttention.q", "1.EncDecAttention.k", "1.EncDecAttention.v", "1.EncDecAttention.o", "1.layer_norm",
                "2.DenseReluDense.wi_0", "2.DenseReluDense.wi_1", "2.DenseReluDense.wo", "2.layer_norm",
            }.Select(layer => $"decoder.block.{i}.layer.{layer}.weight")),
            "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
            "decoder.final_layer_norm.weight",
            "lm_head.weight",
        ];
        Assert.Equal(decoder.Order(), names.Except(untied.Encoder.state_dict().Keys).Order());
        Assert.Equal(names.Length, untied.Encoder.state_dict().Count + untied.Decoder.state_dict().Count);
        Assert.Equal(["lm_head.weight"], names.Except(tied.state_dict().Keys));
    }
}
