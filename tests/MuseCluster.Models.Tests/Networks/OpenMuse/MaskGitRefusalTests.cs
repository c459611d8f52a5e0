using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.OpenMuse;

public sealed class MaskGitRefusalTests
{
    private static readonly MaskGitConfig Text = MaskGitConfig.Read(Path.Combine(Repository.Golden("openmuse_maskgit_text"), "config.json"));

    [Theory]
    [InlineData("""{"_class_name": "MaskGiTUViT"}""", "_class_name")]
    [InlineData("{}", "vocab_size is missing")]
    [InlineData("""{"vocab_size": "64"}""", "vocab_size")]
    [InlineData("""{"vocab_size": 64, "codebook_size": 60, "num_classes": 10}""", "vocab_size is 64")]
    [InlineData("""{"vocab_size": 2000, "hidden_size": 32, "num_attention_heads": 5}""", "num_attention_heads is 5")]
    [InlineData("""{"vocab_size": 2000, "norm_type": "batchnorm"}""", "norm_type")]
    [InlineData("""{"vocab_size": 2000, "use_bias": 1}""", "use_bias")]
    [InlineData("""{"vocab_size": 2000, "layer_norm_eps": 0}""", "layer_norm_eps is 0")]
    [InlineData("""{"vocab_size": 2000, "use_conv_in_out": true}""", "use_conv_in_out")]
    [InlineData("[]", "expected an object")]
    public void AWrongConfigNamesFileAndField(string json, string problem)
    {
        var refused = Assert.Throws<CheckpointException>(() => MaskGitConfig.Parse(json, "some/config.json"));
        Assert.StartsWith("some/config.json: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryWrongFieldIsListed()
    {
        var refused = Assert.Throws<CheckpointException>(() => MaskGitConfig.Parse("""{"hidden_size": 0, "use_bias": "no", "num_hidden_layers": -1}"""));
        foreach (string field in new[] { "vocab_size", "hidden_size", "use_bias", "num_hidden_layers" })
            Assert.Contains(refused.Problems, problem => problem.StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMisfitOfACheckpointIsListed()
    {
        string file = Path.Combine(Repository.Golden("openmuse_maskgit_text"), "pytorch_model.safetensors");
        using var checkpoint = Checkpoint.Open(file);
        var refused = Assert.Throws<CheckpointException>(() => MaskGitTransformer.Load(
            Text with { IntermediateSize = 60, UseEncoderLayernorm = false, UseBias = true }, checkpoint));
        Assert.Equal(file, refused.File);
        Assert.Contains("missing 'transformer_layers.0.attention.query.bias', expected shape [32]", refused.Problems);
        Assert.Contains("misshapen 'transformer_layers.1.ffn.wi_0.weight': found [56, 32], expected [60, 32]", refused.Problems);
        Assert.Contains("unexpected 'encoder_layer_norm.weight' F32 [32]", refused.Problems);
    }

    [Theory]
    [InlineData(true, MaskGitNormType.LayerNorm, 9)] // seven projections, two normalisations
    [InlineData(true, MaskGitNormType.RmsNorm, 8)] // the feed-forward layer begins with a layer normalisation even so
    [InlineData(false, MaskGitNormType.LayerNorm, 0)]
    public void BiasesAndOptionalPartsFollowTheConfig(bool bias, MaskGitNormType norm, int biasesOfALayer)
    {
        MaskGitConfig config = Text with
        {
            UseBias = bias, NormType = norm, AddCrossAttention = false, UseMlmLayer = false, UseNormformer = false, ProjectEncoderHiddenStates = false,
        };
        using DisposeScope scope = NewDisposeScope();
        using var transformer = new MaskGitTransformer(config);
        string[] names = [.. transformer.state_dict().Keys];
        Assert.Equal(biasesOfALayer, names.Count(n =>
            n.StartsWith("transformer_layers.0.", StringComparison.Ordinal) && n.EndsWith(".bias", StringComparison.Ordinal)));
        Assert.Contains("to_logits.weight", names);
        Assert.DoesNotContain(names, n => n.Contains("mid_mlp_layer_norm", StringComparison.Ordinal) || n.Contains("post_attn", StringComparison.Ordinal));
        Assert.Equal([3, 5, 48], transformer.forward(zeros([3, 5], int64)).shape);
    }

    [Fact]
    public void WrongShapesNameTheArgument()
    {
        using DisposeScope scope = NewDisposeScope();
        using var transformer = new MaskGitTransformer(Text);
        Tensor ids = zeros([2, 16], int64), text = zeros([2, 7, 20]);
        Assert.Throws<ArgumentException>("ids", () => transformer.forward(zeros([2, 17], int64), text));
        Assert.Throws<ArgumentException>("text", () => transformer.forward(ids));
        Assert.Throws<ArgumentException>("text", () => transformer.forward(ids, zeros([2, 7, 21])));
        Assert.Throws<ArgumentException>("textMask", () => transformer.forward(ids, text, ones([2, 6], int64)));
        using var plain = new MaskGitTransformer(Text with { AddCrossAttention = false });
        Assert.Throws<ArgumentException>("text", () => plain.forward(ids, text));
    }
}
