using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Import;

[Collection(nameof(NetworkTests))]
public sealed class ModelConverterTests
{
    [Theory]
    [InlineData(TensorDType.BF16)]
    [InlineData(TensorDType.F16)]
    [InlineData(TensorDType.F32)]
    [InlineData(null)]
    public async Task AModelIsWrittenAnewInOneLayoutAndOneType(TensorDType? dtype)
    {
        using var published = new Published();
        using var folder = new TempFolder();
        var source = await published.AddAsync();
        var written = await ModelConverter.WriteAsync(source, folder["my copy"], dtype);
        Directory.Delete(published.Folder, recursive: true);

        Assert.Equal("my-copy", written.Name);
        Assert.Equal(["base.safetensors", "manifest.json", "pixels.safetensors", "text.safetensors", "tokenizer"], Directory.GetFileSystemEntries(folder["my copy"]).Select(Path.GetFileName).Order());
        Assert.Empty(await written.VerifyFilesAsync());
        Assert.All(MuseModel.Inspect(written).SelectMany(w => w.Tensors).Where(t => t.DType.IsFloating()), t => Assert.Equal(dtype ?? TensorDType.F32, t.DType));
        MuseModel.Load(folder["my copy"], CPU).Dispose();

        using var scope = NewDisposeScope();
        using var before = Checkpoint.Open(Path.Combine(Repository.Golden("amused_pipeline_tiny"), "transformer"));
        using var after = written.OpenWeights(written.Base);
        Assert.Equal(before.Tensors.Keys.Order(), after.Tensors.Keys.Order());
        Assert.All(before.Tensors.Values, t => Assert.Equal(
            t.ToTensor().to((dtype ?? TensorDType.F32).ToScalarType()).to(float32).ToArray<float>(), after[t.Name].ToTensor().to(float32).ToArray<float>()));
    }

    [Fact]
    public async Task AWeightBeyondHalfPrecisionIsNamedAndNothingIsLeft()
    {
        using var published = new Published();
        using var folder = new TempFolder();
        published.EditWeights("transformer/diffusion_pytorch_model.safetensors", t => t["cond_embed.linear_1.weight"].fill_(70_000));
        var source = await published.AddAsync();
        var error = await Assert.ThrowsAsync<CheckpointException>(() => ModelConverter.WriteAsync(source, folder["half"], TensorDType.F16));
        Assert.Equal("cond_embed.linear_1.weight", error.Tensor);
        Assert.Contains("holds 70000, which is beyond what F16 can say", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        await ModelConverter.WriteAsync(source, folder["brain"], TensorDType.BF16);
        await Assert.ThrowsAsync<ModelImportException>(() => ModelConverter.WriteAsync(source, folder["brain"]));
    }

    [Fact]
    public async Task CountersStayWholeNumbersAndWhatTrainingAloneUsesIsLeftBehind()
    {
        using var published = new Published();
        using var folder = new TempFolder();
        Directory.Delete(published["vqvae"], recursive: true);
        Directory.CreateDirectory(published["vqvae"]);
        foreach (string file in Directory.GetFiles(Repository.Golden("openmuse_paella_vq_a")).Where(f => !f.EndsWith("puts.safetensors", StringComparison.Ordinal)))
            File.Copy(file, published[Path.Combine("vqvae", Path.GetFileName(file))]);
        published.EditWeights("text_encoder/model.safetensors", t => t["logit_scale"] = zeros(1));
        var written = await ModelConverter.WriteAsync(await published.AddAsync(), folder["out"], TensorDType.BF16);

        using var pixels = written.OpenWeights(written.Pixels);
        Assert.Contains(pixels.Tensors.Values, t => t.DType == TensorDType.I64);
        using var text = written.OpenWeights(written.Text!);
        Assert.DoesNotContain("logit_scale", text.Tensors.Keys);
    }
}
