using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.OpenMuse;

/// <summary>open-muse's transformer as masked decoding runs it: the reference's logits, however the rows of a pass lie.</summary>
[Collection(nameof(NetworkTests))]
public sealed class MaskGitMaskedTransformerTests(ITestOutputHelper output)
{
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (string name in new[] { "openmuse_maskgit_class", "openmuse_maskgit_text" })
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
        using var golden = new GoldenCase(name, output);
        using var network = new MaskGitMaskedTransformer(Load(golden));
        (MaskedTransformerShape shape, int before) = (network.Shape, network.Shape.Classes is null ? 0 : 1);
        Tensor ids = golden.Inputs["input_ids"].narrow(1, before, shape.Tokens).reshape(2, shape.Height, shape.Width);
        var layout = new RowLayout(2, groups, shape.Positions, (groups * shape.Positions) + padding);

        // Every group of a picture is conditioned alike, so that each has to give the reference's logits.
        Conditioning conditioning = network.Condition(new ConditioningInput(Prompt(golden, shape, groups)));
        Assert.Equal(2 * groups, conditioning.Sequences);
        Tensor all = network.Logits(ids, layout, conditioning, null).view(2, groups, shape.Tokens, shape.CodebookSize);
        Tensor expected = golden.Outputs["logits"].narrow(1, before, shape.Tokens).narrow(2, 0, shape.CodebookSize);
        for (int group = 0; group < groups; group++)
            Close(expected, all.select(1, group));

        // Chosen places, out of order and some of them twice.
        int count = 2 * groups * shape.Tokens;
        long[] rows = [.. Enumerable.Range(0, 2 * shape.Tokens).Select(i => (long)(((i * 7) + 3) % count))];
        Close(all.reshape(count, -1).index_select(0, tensor(rows)), network.Logits(ids, layout, conditioning, tensor(rows)));
    }

    [Fact]
    public void PaddingOfATextIsHiddenWhereThePromptSaysSo()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase("openmuse_maskgit_text", output);
        MaskGitTransformer model = Load(golden);
        using var network = new MaskGitMaskedTransformer(model);
        Tensor ids = golden.Inputs["input_ids"], text = golden.Inputs["encoder_hidden_states"], mask = arange(7, int64).lt(5).unsqueeze(0).expand(2, 7);
        Conditioning conditioning = network.Condition(new ConditioningInput(new PromptEmbedding(text, mask)));
        Tensor logits = network.Logits(ids.view(2, 4, 4), new RowLayout(2, 1, 16, 16), conditioning, null).view(2, 16, 48);
        Close(model.forward(ids, text, mask), logits);
    }

    [Fact]
    public void WhatIsNoClassIsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenCase("openmuse_maskgit_class", output);
        using var network = new MaskGitMaskedTransformer(Load(golden));
        using var prompts = new ClassPromptEncoder(network.Shape.Classes!.Value);
        Assert.Equal((10, 17, 16, 63, 48), (network.Shape.Classes, network.Shape.Positions, network.Shape.Tokens, network.Shape.MaskId, network.Shape.CodebookSize));
        Assert.Equal(prompts.Shape, network.Shape.Prompt);
        foreach (string wrong in new[] { "10", "-1", "a dog", "1.5", "99999999999" })
            Assert.Contains($"'{wrong}'; this model takes a class's number, 0 to 9", Assert.Throws<ArgumentException>("text", () => prompts.Encode(wrong)).Message, StringComparison.Ordinal);
        Assert.Equal([7, 9], ClassPromptEncoder.Numbers(PromptEmbedding.Concat(prompts.Encode("7"), prompts.Encode(" 9 ")), 10));
        string refused = Assert.Throws<ArgumentException>(() => network.Condition(new ConditioningInput(PromptEmbedding.Concat(prompts.Encode("7"), prompts.Encode(""))))).Message;
        Assert.Contains("no class that stands for none", refused, StringComparison.Ordinal);
        Assert.Contains("A class is 12", Assert.Throws<ArgumentException>(() => ClassPromptEncoder.Numbers(new PromptEmbedding(full([1, 1, 1], 12.0), ones(1, 1).ne(0)), 10)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15, 16, 3, "num_vq_tokens is 15")]
    [InlineData(16, 16, 3, "room for the 17 positions")]
    [InlineData(16, 24, null, "neither texts nor classes")]
    public void GridsThatCannotBeDecodedAreRefused(int tokens, int positions, int? classes, string problem)
    {
        var config = new MaskGitConfig { VocabSize = 60, CodebookSize = 48, NumVqTokens = tokens, MaxPositionEmbeddings = positions, NumClasses = classes };
        Assert.Contains(problem, Assert.Throws<ConfigException>(config.CheckDecodable).Message, StringComparison.Ordinal);
    }

    private static MaskGitTransformer Load(GoldenCase golden) => golden.Load(c => MaskGitTransformer.Load(MaskGitConfig.Read(golden.Config), c), "pytorch_model.safetensors");

    private static PromptEmbedding Prompt(GoldenCase golden, MaskedTransformerShape shape, int groups)
    {
        Tensor text = shape.Classes is null
            ? golden.Inputs["encoder_hidden_states"]
            : golden.Inputs["input_ids"].narrow(1, 0, 1).sub(shape.CodebookSize).to(float32).unsqueeze(2);
        Tensor each = text.unsqueeze(1).expand(2, groups, text.size(1), text.size(2)).reshape(2 * groups, text.size(1), text.size(2));
        return new PromptEmbedding(each, ones(each.size(0), each.size(1)).ne(0));
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(((actual - expected).abs() - (expected.abs() * 2e-5)).max().item<float>() <= 2e-5f, $"{(actual - expected).abs().max().item<float>()}");
    }
}
