using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Models.Stages;
using MuseCluster.Models.Tests.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Import;

[Collection(nameof(NetworkTests))]
public sealed class ModelImporterTests
{
    private const string Transformer = "transformer/diffusion_pytorch_model.safetensors";

    [Fact]
    public async Task APipelineOfDiffusersBecomesAModelWithoutATraceInItsFolder()
    {
        using var published = new Published();
        string[] before = published.Files;
        var manifest = await published.AddAsync(o => o with { Name = "tiny" });

        Assert.Equal(before, published.Files);
        string folder = Path.Combine(published.Models, "tiny");
        Assert.Equal(["tiny"], Directory.GetFileSystemEntries(published.Models).Select(Path.GetFileName));
        Assert.Equal(["base", "manifest.json", "pixels", "text", "tokenizer"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order());
        Assert.Equal(published["transformer"], new DirectoryInfo(Path.Combine(folder, "base")).LinkTarget);
        Assert.Equal((TransformerNetworks.UVit2D, TextNetworks.Clip, PixelNetworks.Diffusers), (manifest.Base.Network, manifest.Text!.Network, manifest.Pixels.Network));
        Assert.Equal(new GenerationDefaults { Rule = "amused", Steps = 12, Guidance = 10, Temperature = 2, FinalTemperature = 0 }, manifest.Defaults);
        Assert.Equal("unknown", manifest.Licence);

        using var model = MuseModel.Load(folder, CPU);
        Assert.Equal((24, 24), (model.Width, model.Height));
        Assert.Empty(await model.Manifest.VerifyFilesAsync());
        Assert.Equal(7, model.Manifest.Sha256.Count);
    }

    [Fact]
    public async Task ACopyHoldsWhatIsNeededAndNoLinks()
    {
        using var published = new Published();
        File.WriteAllText(published["transformer/diffusion_pytorch_model.bin"], "of no use");
        var manifest = await published.AddAsync(o => o with { Name = "tiny", Copy = true });
        Directory.Delete(published.Folder, recursive: true);

        Assert.Empty(await manifest.VerifyFilesAsync());
        Assert.Equal(
            manifest.Sha256.Keys.Append("manifest.json").Order(StringComparer.Ordinal),
            Directory.GetFiles(manifest.Folder!, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(manifest.Folder!, f)).Order(StringComparer.Ordinal));
        MuseModel.Load(manifest.Folder!, CPU).Dispose();
    }

    [Fact]
    public async Task PartsThatArePublishedApartMakeTheSameModel()
    {
        using var published = new Published();
        var whole = await published.AddAsync(o => o with { Name = "whole" });
        var parts = await published.AddAsync(o => o with { Name = "parts" }, "vqvae", "tokenizer", "transformer", "text_encoder", "vqvae");
        Assert.Equal(whole.Sha256, parts.Sha256);
        Assert.Equal(whole.Defaults, parts.Defaults);
    }

    [Fact]
    public async Task WhatIsMissingAndWhatIsDoubledIsSaidForAllStagesAtOnce()
    {
        using var published = new Published();
        Directory.CreateDirectory(published["other"]);
        foreach (string file in Directory.GetFiles(published["vqvae"]))
            File.Copy(file, published[Path.Combine("other", Path.GetFileName(file))]);
        var error = await Assert.ThrowsAsync<ModelImportException>(() => published.AddAsync(null, "vqvae", "other", "text_encoder"));

        Assert.Equal(["text", "tokenizer", "base", "superres", "pixels", "scheduler"], error.Problems.Select(p => p.Split(':')[0]));
        Assert.StartsWith($"text: found CLIPTextModelWithProjection in {published["text_encoder"]}", error.Problems[0], StringComparison.Ordinal);
        Assert.StartsWith("tokenizer: found nothing; expected CLIP's vocab.json with merges.txt", error.Problems[1], StringComparison.Ordinal);
        Assert.StartsWith("base: found nothing; expected UVit2DModel", error.Problems[2], StringComparison.Ordinal);
        Assert.StartsWith($"pixels: found 2: VQModel in {published["vqvae"]}, VQModel in {published["other"]}; expected one", error.Problems[4], StringComparison.Ordinal);
        Assert.False(Directory.Exists(published.Models));
    }

    [Fact]
    public async Task EveryWrongTensorOfAllStagesIsNamedAndNothingIsLeft()
    {
        using var published = new Published();
        published.EditWeights(Transformer, t =>
        {
            t.Remove("cond_embed.linear_1.weight");
            t["surplus"] = zeros(2);
        });
        published.EditWeights("vqvae/diffusion_pytorch_model.safetensors", t => t["quant_conv.bias"] = zeros(3));
        var error = await Assert.ThrowsAsync<ModelImportException>(() => published.AddAsync());

        Assert.Equal(3, error.Problems.Count);
        Assert.Contains("stages.base: diffusion_pytorch_model.safetensors: missing 'cond_embed.linear_1.weight'", error.Problems[0], StringComparison.Ordinal);
        Assert.Contains("unexpected 'surplus'", error.Problems[1], StringComparison.Ordinal);
        Assert.Contains("stages.pixels: diffusion_pytorch_model.safetensors: misshapen 'quant_conv.bias': found [3]", error.Problems[2], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(published.Models));
    }

    [Fact]
    public async Task StagesThatDoNotGoTogetherAreRefused()
    {
        using var published = new Published();
        published.Replace("scheduler/scheduler_config.json", "71", "70");
        var error = await Assert.ThrowsAsync<ModelImportException>(() => published.AddAsync());
        Assert.Contains("mask_token_id: found '70', expected 71", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(published.Models));
    }

    [Fact]
    public async Task TheSchedulersScheduleIsTheModels()
    {
        using var published = new Published();
        published.Replace("scheduler/scheduler_config.json", "cosine", "linear");
        Assert.Equal("linear", (await published.AddAsync()).Defaults.Schedule);
    }

    [Fact]
    public async Task AFamilyWhoseRuleThisBuildLacksIsSaidToBeKnown()
    {
        using var published = new Published();
        Directory.Delete(published["transformer"], recursive: true);
        Directory.CreateDirectory(published["transformer"]);
        foreach (string file in Directory.GetFiles(Repository.Golden("openmuse_uvit_v2_a")))
            File.Copy(file, published[Path.Combine("transformer", Path.GetFileName(file))]);
        var error = await Assert.ThrowsAsync<ModelImportException>(() => published.AddAsync(o => o with { Rules = ["muse", "amused"] }));
        Assert.Contains("MaskGiTUViT_v2", error.Message, StringComparison.Ordinal);
        Assert.Contains("open-muse, which is known, but its decoding rule 'open-muse' is not in this build", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\ntags:\n- art\nlicense: openrail++\n---\n# aMUSEd", null, "openrail++")]
    [InlineData("# aMUSEd\nlicense: mit", "MIT License\n\nCopyright", "MIT")]
    [InlineData(null, "                                 Apache License\n                           Version 2.0, January 2004\n", "Apache-2.0")]
    [InlineData(null, "You may not.", "unknown")]
    public async Task TheLicenceIsWhatTheFolderPlainlySays(string? readme, string? licence, string expected)
    {
        using var published = new Published();
        if (readme is not null)
            File.WriteAllText(published["README.md"], readme);
        if (licence is not null)
            File.WriteAllText(published["LICENSE"], licence);
        Assert.Equal(expected, (await published.AddAsync()).Licence);
        Assert.Equal("mine", (await published.AddAsync(o => o with { Licence = "mine", Name = "other" })).Licence);
    }

    [Fact]
    public async Task ANameThatIsTakenIsRefusedAndKept()
    {
        using var published = new Published();
        var first = await published.AddAsync();
        Assert.Equal("download", first.Name);
        var error = await Assert.ThrowsAsync<ModelImportException>(() => published.AddAsync());
        Assert.Contains("is there already", error.Message, StringComparison.Ordinal);
        Assert.Empty(await first.VerifyFilesAsync());
        await Assert.ThrowsAsync<ModelImportException>(() => published.AddAsync(o => o with { Name = "../out" }));
    }

    [Fact]
    public async Task AModelOfThisProjectsOwnLayoutIsAddedOnlyWhole()
    {
        using var published = new Published();
        using var own = new MuseModelTestsFolder();
        var added = await ModelImporter.AddAsync([own.Path], new ImportOptions { Models = published.Models, Name = "own" });
        Assert.Equal("own", added.Name);
        Assert.True(ModelLibrary.IsLinked(added.Folder!));
        MuseModel.Load(added.Folder!, CPU).Dispose();

        own.EditWeights("base", t => t[t.Keys.First()].add_(1));
        var error = await Assert.ThrowsAsync<ModelImportException>(() => ModelImporter.AddAsync([own.Path], new ImportOptions { Models = published.Models, Name = "changed" }));
        Assert.Contains("base.safetensors has SHA-256", Assert.Single(error.Problems), StringComparison.Ordinal);
        Assert.Equal(["own"], Directory.GetFileSystemEntries(published.Models).Select(Path.GetFileName));
    }

    [Fact]
    public async Task RemovingAModelLeavesTheWeightsThatItLinksTo()
    {
        using var published = new Published();
        string[] before = published.Files;
        var manifest = await published.AddAsync();
        ModelLibrary.Remove(manifest.Folder!);
        Assert.False(Directory.Exists(manifest.Folder));
        Assert.Equal(before, published.Files);
    }
}
