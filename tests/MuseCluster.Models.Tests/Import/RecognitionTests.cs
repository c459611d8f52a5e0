using MuseCluster.Models.Import;
using MuseCluster.Models.Stages;
using MuseCluster.Models.Tests.Checkpoints;

namespace MuseCluster.Models.Tests.Import;

public sealed class RecognitionTests
{
    [Theory]
    [InlineData("amused_uvit_a_256like", nameof(PartRole.Transformer), TransformerNetworks.UVit2D, "diffusion_pytorch_model.safetensors")]
    [InlineData("amused_vq_a", nameof(PartRole.Pixels), PixelNetworks.Diffusers, "diffusion_pytorch_model.safetensors")]
    [InlineData("clip_text_a_legacy_eos", nameof(PartRole.Text), TextNetworks.Clip, "model.safetensors")]
    [InlineData("openmuse_uvit_v2_a", nameof(PartRole.Transformer), TransformerNetworks.UVit2D, "pytorch_model.safetensors")]
    [InlineData("openmuse_maskgit_vqgan_a", nameof(PartRole.Pixels), PixelNetworks.MaskGit, "pytorch_model.safetensors")]
    [InlineData("openmuse_vqgan_a", nameof(PartRole.Pixels), PixelNetworks.OpenMuse, "pytorch_model.safetensors")]
    [InlineData("openmuse_paella_vq_a", nameof(PartRole.Pixels), PixelNetworks.Paella, "pytorch_model.safetensors")]
    [InlineData("t5_v11_a", nameof(PartRole.Text), TextNetworks.T5, "model.safetensors")]
    [InlineData("t5_v11_sharded_bf16", nameof(PartRole.Text), TextNetworks.T5, "model.safetensors.index.json")]
    [InlineData("taming_vqgan_a", nameof(PartRole.Pixels), PixelNetworks.Taming, "model.safetensors")]
    public void APublishedFolderSaysWhatItServes(string golden, string role, string network, string weights)
    {
        var part = Assert.Single(FolderReader.Read(Repository.Golden(golden)));
        Assert.Equal((role, network, weights), (part.Known.Role.ToString(), part.Known.Network, Path.GetFileName(Assert.Single(part.Files))));
    }

    [Theory]
    [InlineData("openmuse_maskgit_text", "open-muse")]
    [InlineData("lucid_base_transformer", "muse-maskgit-pytorch")]
    public void TheFamiliesOfTransformersAreKnown(string golden, string family)
    {
        var part = Assert.Single(FolderReader.Read(Repository.Golden(golden)));
        Assert.Equal((PartRole.Transformer, family), (part.Known.Role, part.Known.Family));
    }

    [Fact]
    public void TwoTransformersOfMuseMaskGitPytorchAreBaseAndSuperResolutionByTheirTokens()
    {
        var parts = new[] { "lucid_superres_selfcond", "lucid_base_transformer" }.SelectMany(g => FolderReader.Read(Repository.Golden(g)));
        var error = Assert.Throws<ModelImportException>(() => ModelAssembly.Of(parts, null));
        Assert.StartsWith($"base: found muse-maskgit-pytorch MaskGitTransformer in {Repository.Golden("lucid_base_transformer")}", error.Problems[2], StringComparison.Ordinal);
        Assert.StartsWith($"superres: found muse-maskgit-pytorch MaskGitTransformer in {Repository.Golden("lucid_superres_selfcond")}", error.Problems[3], StringComparison.Ordinal);
    }

    [Fact]
    public void TheYamlAndTheCheckpointOfTamingAreFoundWhereItWritesThem()
    {
        using var folder = new TempFolder();
        string golden = Repository.Golden("taming_vqgan_a");
        folder.Write("configs/2021-project.yaml", File.ReadAllBytes(Path.Combine(golden, "config.yaml")));
        folder.Write("checkpoints/last.ckpt", File.ReadAllBytes(Path.Combine(golden, "last.ckpt")));
        var part = Assert.Single(FolderReader.Read(folder.Path));
        Assert.Equal((PixelNetworks.Taming, folder["checkpoints/last.ckpt"]), (part.Known.Network, Assert.Single(part.Files)));
    }

    [Fact]
    public void ATokenizerIsClipsOrSentencePiecesByItsFiles()
    {
        using var folder = new TempFolder();
        folder.Write("a/vocab.json", "{}");
        folder.Write("a/merges.txt", "");
        folder.Write("a/tokenizer.json", "{}");
        folder.Write("b/spiece.model", "");
        folder.Write("b/tokenizer.json", "{}");
        var parts = FolderReader.Read(folder.Path);
        Assert.Equal([KnownPart.ClipTokenizer, KnownPart.SentencePiece], parts.Select(p => p.Known));
        Assert.Equal([folder["a/vocab.json"], folder["a/merges.txt"]], parts[0].Files);
        Assert.Equal([folder["b/spiece.model"]], parts[1].Files);
    }

    [Theory]
    [InlineData("model_index.json", """{"_class_name": "StableDiffusionPipeline"}""", "is of 'StableDiffusionPipeline'; expected AmusedPipeline")]
    [InlineData("model_index.json", "[]", "is of ''; expected AmusedPipeline")]
    [InlineData("config.json", """{"_class_name": "AutoencoderKL"}""", "is of AutoencoderKL, an autoencoder without tokens")]
    [InlineData("config.json", """{"class": "TokenCritic", "num_tokens": 64}""", "a critic of training")]
    [InlineData("config.json", """{"architectures": ["BertModel"], "model_type": "bert"}""", "is of 'BertModel'; expected UVit2DModel")]
    [InlineData("config.json", "{}", "nothing that it names")]
    [InlineData("notes.txt", "hello", "holds nothing that is known, only 'notes.txt'; expected manifest.json, model_index.json")]
    public void AFolderOfSomethingElseSaysWhatItIsAndWhatIsExpected(string file, string text, string message)
    {
        using var folder = new TempFolder();
        folder.Write(file, text);
        var error = Assert.Throws<ModelImportException>(() => FolderReader.Read(folder.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/weights/aMUSEd 256!/", "aMUSEd-256")]
    [InlineData("/weights/.cache", "cache")]
    [InlineData("/weights/ü", "model")]
    [InlineData("/", "model")]
    public void AFoldersNameBecomesAModels(string folder, string name)
    {
        Assert.Equal(name, ModelName.Of(folder));
        Assert.True(ModelName.IsValid(name));
    }
}
