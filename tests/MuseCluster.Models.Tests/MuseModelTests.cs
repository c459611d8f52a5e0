using System.Text.Json.Nodes;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Tests.Networks;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests;

[Collection(nameof(NetworkTests))]
public sealed class MuseModelTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    public void AFolderLoadsAsItWasSaved(ScalarType dtype)
    {
        using var folder = new MuseModelTestsFolder(dtype);
        using var model = MuseModel.Load(folder.Path, CPU);

        var networks = new (string Stage, nn.Module Network)[]
        {
            ("text", ((T5PromptEncoder)model.Prompts).Encoder), ("base", (nn.Module)model.Base), ("superres", (nn.Module)model.Superres!), ("pixels", (VqGan)model.Pixels), ("preview", (VqGan)model.Preview!),
        };
        foreach (var (stage, network) in networks)
        {
            var (saved, loaded) = (folder.Weights(stage), network.state_dict());
            Assert.Equal(saved.Keys.Order(), loaded.Keys.Order());
            Assert.All(loaded, t => Assert.Equal(saved[t.Key], t.Value.ToArray<float>()));
            Assert.All(loaded, t => Assert.Equal(float32, t.Value.dtype));
            Assert.All(network.parameters(), p => Assert.False(p.requires_grad));
        }
        Assert.Equal(TinyMuse.Base(), ((BaseTransformer)model.Base).Config);
        Assert.Equal(TinyMuse.Superres(2, lowSkip: true), ((SuperResolutionTransformer)model.Superres!).Config);
        Assert.Equal([3, 4, 5, 1], ((T5PromptEncoder)model.Prompts).Tokenizer.EncodeToIds("ab"));
        Assert.False(((BaseTransformer)model.Base).training);
    }

    [Fact]
    public void AModelMayEndAtTheBaseGrid()
    {
        using var folder = new MuseModelTestsFolder();
        folder.Edit(m =>
        {
            var stages = m["stages"]!.AsObject();
            stages["pixels"] = stages["preview"]!.DeepClone();
            stages.Remove("superres");
            stages.Remove("preview");
        });
        using var model = MuseModel.Load(folder.Path, CPU);
        Assert.Null(model.Superres);
        Assert.Null(model.Preview);
    }

    [Fact]
    public void MissingMisshapenAndUnexpectedTensorsAreNamed()
    {
        using var folder = new MuseModelTestsFolder();
        folder.EditWeights("superres", t =>
        {
            t.Remove("blocks.1.norm2.weight");
            t["low_skip.bias"] = zeros(3);
            t["stowaway"] = zeros(1);
        });
        var e = Refused(folder);
        Assert.Contains("superres.safetensors", e.File, StringComparison.Ordinal);
        Assert.Equal(3, e.Problems.Count);
        Assert.Contains("missing 'blocks.1.norm2.weight'", e.Message, StringComparison.Ordinal);
        Assert.Contains("misshapen 'low_skip.bias'", e.Message, StringComparison.Ordinal);
        Assert.Contains("stowaway", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("base")]
    [InlineData("superres")]
    [InlineData("pixels")]
    [InlineData("preview")]
    public void AnUnknownNetworkIsNamedWithItsStage(string stage)
    {
        using var folder = new MuseModelTestsFolder();
        folder.Edit(m => m["stages"]![stage]!["network"] = "other-net");
        Assert.Contains($"stages.{stage}.network: found 'other-net'", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("base", "colour", "colour")]
    [InlineData("base", "heads", "heads")]
    [InlineData("superres", "lowSkip", "lowSkip")]
    [InlineData("pixels", "encoder", "encoder")]
    public void AConfigWithAFieldUnknownOrOfAnotherKindIsRefused(string stage, string field, string named)
    {
        using var folder = new MuseModelTestsFolder();
        folder.EditConfig(stage, c => c[field] = "much");
        var message = Refused(folder).Message;
        Assert.Contains($"stages.{stage}.config: ", message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("base", "dim")]
    [InlineData("superres", "lowGridSize")]
    [InlineData("pixels", "codebookDim")]
    public void AConfigThatLacksAFieldIsRefused(string stage, string field)
    {
        using var folder = new MuseModelTestsFolder();
        folder.EditConfig(stage, c => c.Remove(field));
        var message = Refused(folder).Message;
        Assert.Contains($"stages.{stage}.config: ", message, StringComparison.Ordinal);
        Assert.Contains(field, message, StringComparison.Ordinal);
    }

    [Fact]
    public void NullsInAConfigAreRefused()
    {
        foreach (var edit in new Action<JsonObject>[]
        {
            c => c["encoder"] = null, c => c["decoder"]!["channels"] = null, c => c["encoder"]!["blocks"] = new JsonArray((JsonNode?)null),
        })
        {
            using var folder = new MuseModelTestsFolder();
            folder.EditConfig("pixels", edit);
            Assert.Contains("stages.pixels.config: ", Refused(folder).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AConfigThatCannotBeBuiltIsRefused_NamingItsStage()
    {
        using var folder = new MuseModelTestsFolder();
        folder.EditConfig("base", c => (c["heads"], c["patch"]) = (5, 3));
        var message = Refused(folder).Message;
        Assert.Contains("stages.base.config: ", message, StringComparison.Ordinal);
        Assert.Contains("Heads is 5", message, StringComparison.Ordinal);
        Assert.Contains("Patch is 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void StagesThatDoNotFitTogetherAreRefused()
    {
        using var folder = new MuseModelTestsFolder();
        // Every network by itself is right: a low grid of other codes, pixels of another grid.
        folder.EditConfig("superres", c => c["lowCodebookSize"] = 12);
        folder.EditWeights("superres", t => t["low_tokens.weight"] = zeros(12, 16));
        folder.EditConfig("pixels", c => c["resolution"] = 64);
        folder.EditConfig("preview", c => c["codebookSize"] = 10);
        folder.EditWeights("preview", t => t["quantize.codebook"] = zeros(10, 6));
        var e = Refused(folder);
        Assert.Equal(3, e.Problems.Count);
        Assert.Contains("stages.superres.config: its smaller pictures' codes: found 12, expected 11", e.Message, StringComparison.Ordinal);
        Assert.Contains("stages.pixels.config: its grid: found 16 x 16, expected 8 x 8", e.Message, StringComparison.Ordinal);
        Assert.Contains("stages.preview.config: its codes: found 10", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATokenizerOfAnotherKindIsRefused()
    {
        using var folder = new MuseModelTestsFolder();
        folder.Edit(m => m["stages"]!["text"]!["tokenizer"]!["kind"] = "clip");
        Assert.Contains("stages.text.tokenizer.kind: found 'clip'; a network 't5-encoder' takes 'sentencepiece'", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutTextIsRefused()
    {
        using var folder = new MuseModelTestsFolder();
        folder.Edit(m => m["stages"]!.AsObject().Remove("text"));
        Assert.Contains("stages.text", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text", 100)]
    [InlineData("base", 0)]
    [InlineData("base", 7)]
    [InlineData("superres", 1000)]
    [InlineData("pixels", -1)]
    public void TruncatedWeightsAreRefused(string stage, int length)
    {
        using var folder = new MuseModelTestsFolder();
        var path = Path.Combine(folder.Path, stage + ".safetensors");
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(length < 0 ? bytes.Length + length : length)]);
        Assert.Contains(stage + ".safetensors", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingWeightsAreNamed()
    {
        using var folder = new MuseModelTestsFolder();
        File.Delete(Path.Combine(folder.Path, "preview.safetensors"));
        Assert.Contains("preview.safetensors is missing", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoTensorIsLeftAfterDisposal_OrAFailure()
    {
        using var folder = new MuseModelTestsFolder();
        TensorCount.IsKept(() => MuseModel.Load(folder.Path, CPU).Dispose());
        folder.EditConfig("preview", c => c["resolution"] = 16);
        TensorCount.IsKept(() => Refused(folder));
    }

    private static CheckpointException Refused(MuseModelTestsFolder folder) =>
        Assert.Throws<CheckpointException>(() => MuseModel.Load(folder.Path, CPU));
}
