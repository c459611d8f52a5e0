using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Stages;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tests.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Import;

/// <summary>The parts of open-muse and muse-maskgit-pytorch, each where its golden case lies.</summary>
[Collection(nameof(NetworkTests))]
public sealed class FamilyImportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AModelOfClassesGoesWithoutATextEncoder()
    {
        var manifest = await AddAsync("openmuse_maskgit_class", "diffusers_vq_c_midattn");
        Assert.Null(manifest.Text);
        Assert.Equal((TransformerNetworks.MaskGit, "open-muse", 0), (manifest.Base.Network, manifest.Defaults.Rule, manifest.Defaults.Guidance));
        using var model = MuseModel.Load(manifest.Folder!, CPU);
        Assert.Equal((8, 8), (model.Width, model.Height));

        var error = await Assert.ThrowsAsync<ModelImportException>(() => AddAsync("openmuse_maskgit_class", "diffusers_vq_c_midattn", "t5_v11_a"));
        Assert.Contains("expected none, since the base takes classes for prompts", error.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PartsOfOpenMuseMakeAModelOfTexts()
    {
        var manifest = await AddAsync("openmuse_maskgit_text", "diffusers_vq_c_midattn", T5());
        Assert.Equal((TransformerNetworks.MaskGit, TextNetworks.T5, "open-muse", 8.0), (manifest.Base.Network, manifest.Text!.Network, manifest.Defaults.Rule, manifest.Defaults.Guidance));
        Assert.Equal(["text/tokenizer.json", "text/tokenizer_config.json"], manifest.Text.Tokenizer!.Files);
        MuseModel.Load(manifest.Folder!, CPU).Dispose();
        Assert.Equal(["text", "base", "pixels"], MuseModel.Inspect(manifest).Select(w => w.Stage));
    }

    [Fact]
    public async Task TwoTransformersOfMuseMaskGitPytorchAreBaseAndSuperResolution()
    {
        var manifest = await AddAsync("lucid_superres_selfcond", "lucid_base_transformer", "amused_vq_a", T5());
        Assert.Equal("muse-maskgit-pytorch", manifest.Defaults.Rule);
        using var model = MuseModel.Load(manifest.Folder!, CPU);
        Assert.Equal((16, 36), (model.BaseShape.Tokens, model.SuperresShape!.Tokens));
        using var written = MuseModel.Load((await ModelConverter.WriteAsync(manifest, _folder["written"], TensorDType.BF16)).Folder!, CPU);
        Assert.Equal((24, 24), (written.Width, written.Height));
    }

    private Task<ModelManifest> AddAsync(params string[] parts) => ModelImporter.AddAsync(
        [.. parts.Select(p => Path.IsPathRooted(p) ? p : Repository.Golden(p))], new ImportOptions { Models = _folder["models"], Name = $"model-{parts.Length}" });

    // As wide as the golden transformers take texts.
    private string T5()
    {
        var config = new T5Config { VocabSize = 30, DModel = 20, DKv = 4, DFf = 16, NumLayers = 1, NumHeads = 2 };
        _folder.Write("t5/config.json", config.ToJson());
        _folder.Write("t5/tokenizer.json", MuseModelTestsFolder.Tokenizer);
        _folder.Write("t5/tokenizer_config.json", """{"model_max_length": 9}""");
        using var encoder = new T5Encoder(config);
        CheckpointTensors.Save(_folder["t5/model.safetensors"], encoder.state_dict());
        return _folder["t5"];
    }
}
