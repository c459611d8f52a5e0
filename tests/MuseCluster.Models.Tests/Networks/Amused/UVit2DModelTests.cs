using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

public sealed class UVit2DModelTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable guard = inference_mode();
    private readonly string folder = Directory.CreateTempSubdirectory("uvit-").FullName;
    private static readonly UVit2DConfig Config = UVit2DConfig.Read(Path.Combine(Repository.Golden("amused_uvit_a_256like"), "config.json"));

    // One of each kind of layer that the golden cases lack.
    private static readonly UVit2DConfig Rich = Config with { Downsample = true, Upsample = true, UseBias = true, NumResBlocks = 1, NumHiddenLayers = 1 };

    public void Dispose()
    {
        guard.Dispose();
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void LoadedWeightsAskForNoGradients()
    {
        using UVit2DModel model = UVit2DGoldenTests.Load("amused_uvit_a_256like");
        Assert.All(model.parameters(), p => Assert.False(p.requires_grad));
    }

    [Fact]
    public void LayersThatResampleHaveTheReferencesNames()
    {
        using var model = new UVit2DModel(Rich);
        Dictionary<string, Tensor> state = model.state_dict();
        Assert.Equal([24], state["down_block.downsample.norm.weight"].shape);
        Assert.Equal([24, 24, 2, 2], state["down_block.downsample.conv.weight"].shape);
        Assert.Equal([24], state["up_block.upsample.norm.weight"].shape);
        Assert.Equal([24, 24, 2, 2], state["up_block.upsample.conv.weight"].shape);
        Assert.Equal([24], state["up_block.upsample.conv.bias"].shape);
        Assert.Equal([32], state["transformer_layers.0.norm3.norm.bias"].shape);
        Assert.DoesNotContain("transformer_layers.0.norm1.norm.bias", state.Keys);
        Assert.Equal(
            ["down_blocks.0.downsample.0.norm.weight", "down_blocks.0.downsample.1.bias", "up_blocks.0.upsample.0.norm.weight", "up_blocks.0.upsample.1.weight"],
            new[] { "down_block.downsample.norm.weight", "down_block.downsample.conv.bias", "up_block.upsample.norm.weight", "up_block.upsample.conv.weight" }
                .Select(name => Assert.Single(OpenMuseNames.Of(name))));
    }

    [Theory]
    [InlineData(UVit2DSource.Diffusers, UVit2DNorm.Rms, true)]
    [InlineData(UVit2DSource.OpenMuse, UVit2DNorm.Rms, true)]
    [InlineData(UVit2DSource.OpenMuse, UVit2DNorm.Layer, true)]
    [InlineData(UVit2DSource.OpenMuse, UVit2DNorm.Layer, false)]
    public void EveryVariantGivesLogitsForEveryPlaceAndPicturesDoNotMix(UVit2DSource source, UVit2DNorm norm, bool affine)
    {
        UVit2DConfig config = Rich with { Source = source, NormType = norm, LnElementwiseAffine = affine };
        using UVit2DModel model = Drawn(config);
        Tensor ids = randint(72, [3, 4, 6]), text = randn([3, 5, 20]), pooled = randn([3, 24]), micro = tensor([512f, 256, 0, 8, 6]).expand(3, 5);
        Tensor all = model.forward(ids, text, pooled, micro);
        Assert.Equal([3, 64, 4, 6], all.shape);
        Assert.True(all.isfinite().all().item<bool>());
        Assert.InRange((all[0] - all[1]).abs().max().item<float>(), 1e-3f, float.MaxValue);
        Tensor last = model.forward(ids.narrow(0, 2, 1), text.narrow(0, 2, 1), pooled.narrow(0, 2, 1), micro.narrow(0, 2, 1));
        Assert.True((all.narrow(0, 2, 1) - last).abs().max().item<float>() < 1e-4f * all.abs().max().item<float>());
    }

    [Fact]
    public void OpenMusesWeightsGiveTheSameNetwork()
    {
        using UVit2DModel expected = Drawn(Rich with { Source = UVit2DSource.OpenMuse });
        string path = Path.Combine(folder, "model.safetensors");
        CheckpointTensors.Save(path, expected.state_dict().SelectMany(p =>
        {
            string[] names = OpenMuseNames.Of(p.Key);
            return names.Zip(p.Value.chunk(names.Length), KeyValuePair.Create);
        }));
        using var checkpoint = Checkpoint.Open(path);
        using UVit2DModel actual = UVit2DCheckpoint.Load(expected.Config, checkpoint);
        foreach (var (name, weight) in expected.state_dict())
            Assert.True(weight.equal(actual.state_dict()[name]), name);

        var error = Assert.Throws<CheckpointException>(() => UVit2DCheckpoint.Load(expected.Config with { IntermediateSize = 89, NumHiddenLayers = 2 }, checkpoint));
        Assert.StartsWith(path, error.Message);
        Assert.Contains("misshapen 'transformer_layers.0.ffn.wi_1.weight': found [88, 32], expected [89, 32]", error.Message);
        Assert.Contains("missing 'transformer_layers.1.ffn.wo.weight'", error.Message);
    }

    [Fact]
    public void EveryMisfitIsNamedWithTheFile()
    {
        string path = Path.Combine(Repository.Golden("amused_uvit_a_256like"), "diffusion_pytorch_model.safetensors");
        using var checkpoint = Checkpoint.Open(path);
        var error = Assert.Throws<CheckpointException>(() => UVit2DCheckpoint.Load(Config with { NumResBlocks = 1, Downsample = true, CodebookSize = 63 }, checkpoint));
        Assert.StartsWith(path, error.Message);
        Assert.Contains("missing 'down_block.downsample.conv.weight', expected shape [24, 24, 2, 2]", error.Message);
        Assert.Contains("misshapen 'mlm_layer.conv2.weight': found [64, 24, 1, 1], expected [63, 24, 1, 1]", error.Message);
        Assert.Contains("unexpected 'up_block.res_blocks.1.norm.weight'", error.Message);
    }

    [Fact]
    public void WrongShapesAreNamed()
    {
        using UVit2DModel model = Drawn(Rich);
        Tensor ids = zeros([2, 4, 4], int64), text = zeros([2, 5, 20]), pooled = zeros([2, 24]), micro = zeros([2, 5]);
        Assert.Contains("[2, 16]", Assert.Throws<ArgumentException>("inputIds", () => model.forward(ids.view(2, 16), text, pooled, micro)).Message);
        Assert.Contains("even", Assert.Throws<ArgumentException>("inputIds", () => model.forward(zeros([2, 4, 5], int64), text, pooled, micro)).Message);
        Assert.Contains("[2, L, 20]", Assert.Throws<ArgumentException>("encoderHiddenStates", () => model.forward(ids, zeros([1, 5, 20]), pooled, micro)).Message);
        Assert.Contains("[2, 24]", Assert.Throws<ArgumentException>("pooledTextEmb", () => model.forward(ids, text, zeros([2, 23]), micro)).Message);
        Assert.Contains("[2, 5]", Assert.Throws<ArgumentException>("microConds", () => model.forward(ids, text, pooled, zeros([1, 5]))).Message);
    }

    private static UVit2DModel Drawn(UVit2DConfig config)
    {
        var model = new UVit2DModel(config);
        foreach (Tensor weight in model.parameters())
            weight.copy_(randn_like(weight).mul(0.2));
        return model;
    }
}
