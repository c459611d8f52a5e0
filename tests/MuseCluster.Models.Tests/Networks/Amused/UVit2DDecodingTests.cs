using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

/// <summary>The U-ViT as masked decoding runs it: the reference's logits, however the rows of a pass lie.</summary>
[Collection(nameof(NetworkTests))]
public sealed class UVit2DDecodingTests(ITestOutputHelper output)
{
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (string name in new[] { "amused_uvit_a_256like", "amused_uvit_c_nonsquare_samewidth" })
                foreach (int groups in new[] { 1, 2 })
                    foreach (int padding in new[] { 0, 5 })
                        cases.Add(name, groups, padding);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LogitsAreTheReferences(string name, int groups, int padding)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel network = UVit2DGoldenTests.Load(name);
        using var golden = new GoldenCase(name, output);
        Tensor ids = golden.Inputs["input_ids"];
        var (pictures, height, width) = ((int)ids.size(0), (int)ids.size(1), (int)ids.size(2));
        MaskedTransformerShape shape = network.Shape.At(height, width);
        RowLayout layout = Layout(shape, pictures, groups, padding);

        // Every group of a picture is conditioned alike, so that each has to give the reference's logits.
        Conditioning conditioning = network.Condition(Input(golden, pictures, groups));
        Assert.Equal(pictures * groups, conditioning.Sequences);
        Tensor all = network.Logits(ids, layout, conditioning, null).view(pictures, groups, shape.Tokens, -1);
        for (int group = 0; group < groups; group++)
            golden.Is("logits", all.select(1, group).transpose(1, 2).reshape(pictures, -1, height, width));

        // Chosen places, out of order and some of them twice.
        long[] rows = [.. Enumerable.Range(0, 2 * shape.Tokens).Select(i => (long)(((i * 7) + 3) % (pictures * groups * shape.Tokens)))];
        Tensor chosen = network.Logits(ids, layout, conditioning, tensor(rows)), expected = all.reshape(-1, all.size(-1)).index_select(0, tensor(rows));
        Assert.InRange((chosen - expected).abs().max().item<float>(), 0, 2e-5);
    }

    [Fact]
    public void AGridThatIsHalvedWithinGivesTheLogitsOfTheWholeNetwork()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        manual_seed(3);
        var config = new UVit2DConfig
        {
            HiddenSize = 32, CondEmbedDim = 12, MicroCondEncodeDim = 8, MicroCondEmbedDim = 40, EncoderHiddenSize = 20, VocabSize = 72, CodebookSize = 64,
            InChannels = 24, BlockOutChannels = 24, NumResBlocks = 2, BlockNumHeads = 3, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 48,
            Downsample = true, Upsample = true, UseBias = true, SampleSize = 8,
        };
        using var network = new UVit2DModel(config);
        foreach (var (name, weight) in network.state_dict())
            weight.copy_(name.EndsWith("norm.weight", StringComparison.Ordinal) ? ones(weight.shape) : randn(weight.shape) * 0.2);
        var (height, width) = (6, 10);
        MaskedTransformerShape shape = network.Shape.At(height, width);
        Assert.Equal((60, 15), (shape.Tokens, shape.Positions));
        var input = new ConditioningInput(new PromptEmbedding(randn(4, 7, 20), ones(4, 7).ne(0), randn(4, 12)), Micro: tensor([80f, 48, 1, 2, 6]).expand(4, 5));
        Tensor ids = randint(72, [2, height, width], int64);
        Tensor logits = network.Logits(ids, Layout(shape, 2, 2, 3), network.Condition(input), null).view(4, shape.Tokens, 64);
        Tensor twice = ids.unsqueeze(1).expand(2, 2, height, width).reshape(4, height, width);
        Tensor expected = network.forward(twice, input.Prompt.Embeddings, input.Prompt.Pooled!, input.Micro!).flatten(2).transpose(1, 2);
        Assert.True(expected.abs().max().item<float>() > 1);
        Assert.True(((logits - expected).abs() - (expected.abs() * 2e-5)).max().item<float>() <= 2e-5f);
        Assert.Throws<ArgumentException>(() => network.Shape.At(5, 10));
    }

    [Fact]
    public void WhatTheConditionNeedsIsNamed()
    {
        using DisposeScope scope = NewDisposeScope();
        using UVit2DModel network = UVit2DGoldenTests.Load("amused_uvit_a_256like");
        var prompt = new PromptEmbedding(zeros(1, 3, 20), ones(1, 3).ne(0), zeros(1, 24));
        Assert.Contains("Micro is missing", Assert.Throws<ArgumentException>(() => network.Condition(new ConditioningInput(prompt))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Pooled is missing",
            Assert.Throws<ArgumentException>(() => network.Condition(new ConditioningInput(prompt with { Pooled = null }, Micro: zeros(1, 5)))).Message, StringComparison.Ordinal);
    }

    private static RowLayout Layout(MaskedTransformerShape shape, int pictures, int groups, int padding) =>
        new(pictures, groups, shape.Positions, (groups * shape.Positions) + padding) { GridRows = shape.Positions + (2 * padding) };

    private static ConditioningInput Input(GoldenCase golden, int pictures, int groups)
    {
        Tensor Repeat(string name)
        {
            Tensor one = golden.Inputs[name];
            return one.unsqueeze(1).expand([pictures, groups, .. one.shape[1..]]).reshape([pictures * groups, .. one.shape[1..]]);
        }

        Tensor text = Repeat("encoder_hidden_states");
        return new ConditioningInput(new PromptEmbedding(text, ones(text.size(0), text.size(1)).ne(0), Repeat("pooled_text_emb")), Micro: Repeat("micro_conds"));
    }
}
