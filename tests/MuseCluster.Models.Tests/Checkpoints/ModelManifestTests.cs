using System.Security.Cryptography;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class ModelManifestTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AManifestComesBackAsItWent()
    {
        folder.Write("manifest.json", ManifestJson.Valid);
        var loaded = ModelManifest.Load(folder.Path);
        Assert.Equal("shapes", loaded.Name);
        Assert.Equal("MIT", loaded.Licence);
        Assert.Equal(["text", "base", "superres", "pixels"], loaded.Stages.Select(stage => stage.Key));
        Assert.Equal("t5-encoder", loaded.Text!.Network);
        Assert.Equal(["tokenizer/spiece.model"], loaded.Text.Tokenizer!.Files);
        Assert.Equal(["base/model.safetensors.index.json"], loaded.Base.Weights);
        Assert.Equal(64, loaded.Base.Config.GetProperty("hiddenSize").GetInt32());
        Assert.Equal(new GenerationDefaults { Steps = 12, SrSteps = 6, Guidance = 4.5, SrGuidance = 1.5, MinP = 0.25, Temperature = 2, Schedule = "square-root" }, loaded.Defaults);
        Assert.Equal(folder.Path, loaded.Folder);
        Assert.Equal(folder["pixels.safetensors"], loaded.PathOf("pixels.safetensors"));

        Directory.CreateDirectory(folder["copy"]);
        ModelManifest saved = loaded.Save(folder["copy"]);
        var again = ModelManifest.Load(folder["copy/manifest.json"]);
        Assert.Equal(folder["copy"], saved.Folder);
        Assert.Equal(File.ReadAllText(folder["manifest.json"]).Trim(), File.ReadAllText(folder["copy/manifest.json"]).Trim());
        Assert.Equal(loaded.Sha256, again.Sha256);
        Assert.Equal(["manifest.json"], Directory.GetFiles(folder["copy"]).Select(Path.GetFileName));
    }

    [Fact]
    public void WhatIsLeftOutHasMusesDefaults()
    {
        var small = Small("base.safetensors");
        Assert.Equal(new GenerationDefaults(), small.Save(folder.Path).Defaults);
        Assert.Equal((24, 8, "cosine"), (small.Defaults.Steps, small.Defaults.SrSteps, small.Defaults.Schedule));
        folder.Write("manifest.json", File.ReadAllText(folder["manifest.json"]).Replace("\"steps\": 24,", "", StringComparison.Ordinal));
        Assert.Equal(24, ModelManifest.Load(folder.Path).Defaults.Steps);
    }

    [Theory]
    [InlineData("base.bin")]
    [InlineData("base.pt")]
    [InlineData("base.ckpt")]
    public void WeightsMayBeAPickle(string file)
    {
        Small(file).Save(folder.Path);
        File.Copy(Path.Combine(Repository.Golden("openmuse_maskgit_class"), "pytorch_model.bin"), folder[file]);
        ModelManifest loaded = ModelManifest.Load(folder.Path);
        using Checkpoint weights = loaded.OpenWeights(loaded.Base);
        Assert.True(weights.TryGet("embed.word_embeddings.weight", out _));
    }

    [Fact]
    public void AManifestThatWouldNotLoadIsNotSaved()
    {
        Small("base.safetensors").Save(folder.Path);
        byte[] before = File.ReadAllBytes(folder["manifest.json"]);
        var bad = Small("../base.safetensors") with { Name = "", Defaults = new() { Guidance = double.NaN, Steps = 0 } };

        var refused = Assert.Throws<CheckpointException>(() => bad.Save(folder.Path));

        Assert.Equal(["name", "stages.base.weights[0]", "defaults.steps", "defaults.guidance", "sha256.'../base.safetensors'"],
            refused.Problems.Select(problem => problem.Split(':')[0]));
        Assert.Equal(before, File.ReadAllBytes(folder["manifest.json"]));
        Assert.Equal(["manifest.json"], folder.Names);
    }

    [Fact]
    public async Task HashingListsShardsAndVerifyingFindsEveryChange()
    {
        WriteShards();
        folder.Write("NOTICE", "text");
        var manifest = await (Small("base.safetensors.index.json") with { Sha256 = new Dictionary<string, string> { ["NOTICE"] = new('0', 64) } })
            .HashFilesAsync(folder.Path);
        manifest.Save(folder.Path);
        manifest = ModelManifest.Load(folder.Path);

        Assert.Equal(["NOTICE", "base.safetensors.index.json", "pixels.safetensors", "s1.safetensors"], manifest.Sha256.Keys);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["s1.safetensors"]))), manifest.Sha256["s1.safetensors"]);
        var progress = new Recorder();
        Assert.Empty(await manifest.VerifyFilesAsync(progress));
        HashProgress last = progress.Seen[^1];
        Assert.Equal(last.BytesTotal, last.BytesDone);
        Assert.Equal(manifest.Sha256.Keys.Sum(file => new FileInfo(folder[file]).Length), last.BytesTotal);
        Assert.True(progress.Seen.Count > manifest.Sha256.Count, "files over a mebibyte report more than once");
        using (var weights = manifest.OpenWeights(manifest.Base)) Assert.True(weights.TryGet("w", out _));

        File.AppendAllText(folder["NOTICE"], "!");
        File.Delete(folder["s1.safetensors"]);
        var mismatches = await manifest.VerifyFilesAsync();
        Assert.Equal(["s1.safetensors", "NOTICE"], mismatches.Select(mismatch => mismatch.File));
        Assert.Equal("is missing", mismatches[0].Problem);
        Assert.Contains($"expected {manifest.Sha256["NOTICE"]}", mismatches[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShardsWithoutAHashAreReported()
    {
        WriteShards();
        var manifest = await Small("base.safetensors.index.json").HashFilesAsync(folder.Path);
        var hashes = new Dictionary<string, string>(manifest.Sha256);
        hashes.Remove("s1.safetensors");
        manifest = (manifest with { Sha256 = hashes }).Save(folder.Path);
        FileMismatch mismatch = Assert.Single(await manifest.VerifyFilesAsync());
        Assert.Equal("s1.safetensors", mismatch.File);
        Assert.Contains("no SHA-256", mismatch.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingFilesAreNamedAndCancellingStops()
    {
        var manifest = Small("base.safetensors").Save(folder.Path);
        var refused = Assert.Throws<CheckpointException>(() => manifest.OpenWeights(manifest.Base));
        Assert.Contains("base.safetensors is missing", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CheckpointException>(() => manifest.HashFilesAsync(folder.Path));

        WriteShards();
        var whole = await Small("base.safetensors.index.json").HashFilesAsync(folder.Path);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => whole.VerifyFilesAsync(null, new CancellationToken(true)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => (whole with { Folder = null }).VerifyFilesAsync());
    }

    private static ModelManifest Small(string weights)
    {
        JsonElement config = JsonSerializer.SerializeToElement(new Dictionary<string, int>());
        return new ModelManifest
        {
            Name = "small",
            Licence = "MIT",
            Base = new StageManifest { Network = "muse-base", Weights = [weights], Config = config },
            Pixels = new StageManifest { Network = "vqgan", Weights = ["pixels.safetensors"], Config = config },
            Sha256 = new Dictionary<string, string> { [weights] = new('a', 64), ["pixels.safetensors"] = new('b', 64) },
        };
    }

    private void WriteShards()
    {
        SafetensorsWriter.Write(folder["s1.safetensors"], [TensorSource.FromBytes("w", TensorDType.U8, [3 << 20], new byte[3 << 20])]);
        SafetensorsWriter.Write(folder["pixels.safetensors"], [TensorSource.FromBytes("p", TensorDType.U8, [4], new byte[4])]);
        folder.Write("base.safetensors.index.json", """{"weight_map":{"w":"s1.safetensors"}}""");
    }

    private sealed class Recorder : IProgress<HashProgress>
    {
        public List<HashProgress> Seen { get; } = [];

        public void Report(HashProgress value) => Seen.Add(value);
    }
}
