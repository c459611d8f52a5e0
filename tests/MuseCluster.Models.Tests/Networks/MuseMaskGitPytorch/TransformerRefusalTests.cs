using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.MuseMaskGitPytorch;

public sealed class TransformerRefusalTests
{
    private static readonly string Folder = Repository.Golden("lucid_superres_selfcond");

    private static readonly TransformerConfig Config = TransformerConfig.Read(Path.Combine(Folder, "config.json"));

    [Fact]
    public void EveryWrongFieldOfAConfigIsListedWithTheFile()
    {
        var refused = Assert.Throws<CheckpointException>(() => TransformerConfig.Parse(
            """{"class": "VQGanVAE", "num_tokens": 64, "dim": "32", "seq_len": 0, "depth": 2.5, "heads": 4, "self_cond": "yes"}""", "some/config.json"));
        Assert.StartsWith("some/config.json: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["class", "dim", "depth", "text_embed_dim", "self_cond", "seq_len"],
            refused.Problems.Select(problem => problem.Split(' ')[0]));
    }

    [Fact]
    public void EveryMisfitOfACheckpointIsListed()
    {
        using var checkpoint = Checkpoint.Open(Folder);
        var refused = Assert.Throws<CheckpointException>(() => Transformer.Load(
            Config with { FfMult = 4, TextEmbedDim = Config.Dim, Depth = 3 }, checkpoint));
        Assert.Contains(Folder, refused.File, StringComparison.Ordinal);
        Assert.Contains("missing 'transformer_blocks.layers.2.0.null_kv', expected shape [2, 2, 1, 16]", refused.Problems);
        Assert.Contains("misshapen 'transformer_blocks.layers.0.2.4.weight': found [24, 32], expected [24, 64]", refused.Problems);
        Assert.Contains("unexpected 'text_embed_proj.weight' F32 [24, 20]", refused.Problems);
    }

    [Fact]
    public void WrongShapesNameTheArgument()
    {
        using DisposeScope scope = NewDisposeScope();
        using var transformer = new Transformer(Config);
        Tensor ids = zeros([2, 36], int64), text = zeros([2, 5, 20]);
        Assert.Throws<ArgumentException>("ids", () => transformer.forward(zeros([2, 37], int64), text));
        Assert.Throws<ArgumentException>("text", () => transformer.forward(ids, zeros([2, 5, 24])));
        Assert.Throws<ArgumentException>("conditioningIds", () => transformer.forward(ids, text, zeros([3, 9], int64)));
        Assert.Throws<ArgumentException>("selfCond", () => transformer.forward(ids, text, selfCond: zeros([2, 35, 24])));
        Assert.Throws<ArgumentException>(() => new Transformer(Config with { Heads = 0 }));
    }
}
