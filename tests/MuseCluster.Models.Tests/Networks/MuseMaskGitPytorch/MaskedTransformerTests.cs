using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.MuseMaskGitPytorch;

/// <summary>muse-maskgit-pytorch's transformer as masked decoding runs it: the reference's logits, however the rows of a pass lie.</summary>
[Collection(nameof(NetworkTests))]
public sealed class MaskedTransformerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("lucid_base_transformer", 0)]
    [InlineData("lucid_base_transformer", 5)]
    [InlineData("lucid_superres_selfcond", 0)]
    [InlineData("lucid_superres_selfcond", 5)]
    public void LogitsAreTheReferences_OfTheTextAndWithoutIt(string name, int padding)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        Transformer model = Load(golden);
        bool superres = golden.Inputs.TryGetValue("conditioning_token_ids", out Tensor? low);
        using var network = new MaskedTransformer(model, superres);
        MaskedTransformerShape shape = network.Shape;
        Tensor ids = golden.Inputs["ids"], text = golden.Inputs["text_embeds"];
        long pictures = ids.size(0), words = text.size(1);

        // A picture's first group sees the text, whose padding is zeros, its second none of it; both see the smaller picture.
        Tensor written = text.ne(0).any(-1).unsqueeze(1), shown = cat([written, zeros_like(written)], 1).reshape(2 * pictures, words);
        var input = new ConditioningInput(new PromptEmbedding(Twice(text), shown), low is null ? null : Twice(low.flatten(1)));
        Conditioning conditioning = network.Condition(input);
        var layout = new RowLayout((int)pictures, 2, shape.Positions, (2 * shape.Positions) + padding);
        Tensor grids = ids.view(pictures, shape.Height, shape.Width);
        Tensor all = network.Logits(grids, layout, conditioning, null).view(pictures, 2, shape.Tokens, shape.CodebookSize);
        if (superres)
        {
            // Self-conditioning is on zeros here; the recorded logits are on recorded states.
            Close(model.forward(ids, text, low).Logits, all.select(1, 0));
            Close(model.forward(ids, text, low, dropText: true).Logits, all.select(1, 1));
        }
        else
        {
            golden.Is("logits", all.select(1, 0));
            golden.Is("null_logits", all.select(1, 1));
        }

        // Chosen places, out of order and some of them twice.
        int count = (int)pictures * 2 * shape.Tokens;
        long[] rows = [.. Enumerable.Range(0, 2 * shape.Tokens).Select(i => (long)(((i * 7) + 3) % count))];
        Close(all.reshape(count, -1).index_select(0, tensor(rows)), network.Logits(grids, layout, conditioning, tensor(rows)));
    }

    [Fact]
    public void ItsShapeIsTheConfigurations_AndSuperResolutionTakesSmallerPicturesOfAnySize()
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenCase("lucid_superres_selfcond", output);
        using var network = new MaskedTransformer(Load(golden), superres: true);
        Assert.Equal((6, 6, 64, 64), (network.Shape.Height, network.Shape.Width, network.Shape.CodebookSize, network.Shape.MaskId));
        Assert.Equal(new LowGridShape(64, null), network.Shape.Low);
        Assert.True(network.Shape.Text.EmptyIsNone);
        var prompt = new PromptEmbedding(zeros(1, 3, 20), ones(1, 3).ne(0));
        Assert.Contains("LowGrid is missing", Assert.Throws<ArgumentException>(() => network.Condition(new ConditioningInput(prompt))).Message, StringComparison.Ordinal);
        Assert.Contains("expected [N, S, 20]", Assert.Throws<ArgumentException>(
            () => network.Condition(new ConditioningInput(prompt with { Embeddings = zeros(1, 3, 19) }, zeros(1, 4).to(int64)))).Message, StringComparison.Ordinal);
        Assert.Equal([8, 16], new[] { 4, 12 }.Select(tokens => (int)network.Condition(new ConditioningInput(prompt, zeros(1, tokens).to(int64))).Bias.size(3)));
    }

    [Fact]
    public void ACriticAndGridsThatAreNoSquaresAreRefused()
    {
        using var golden = new GoldenCase("lucid_token_critic", output);
        using Transformer critic = Load(golden);
        Assert.Contains("class is TokenCritic", Assert.Throws<ConfigException>(() => new MaskedTransformer(critic, superres: false)).Message, StringComparison.Ordinal);
        Assert.Contains("seq_len is 15", Assert.Throws<ConfigException>(
            () => MaskedTransformer.ShapeOf(critic.Config with { Role = TransformerRole.MaskGitTransformer, SeqLen = 15 }, superres: false)).Message, StringComparison.Ordinal);
    }

    private static Transformer Load(GoldenCase golden) => golden.Load(c => Transformer.Load(TransformerConfig.Read(golden["config.json"]), c));

    private static Tensor Twice(Tensor each) => each.unsqueeze(1).expand([each.size(0), 2, .. each.shape[1..]]).reshape([2 * each.size(0), .. each.shape[1..]]);

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(((actual - expected).abs() - (expected.abs() * 2e-5)).max().item<float>() <= 2e-5f, $"{(actual - expected).abs().max().item<float>()}");
    }
}
