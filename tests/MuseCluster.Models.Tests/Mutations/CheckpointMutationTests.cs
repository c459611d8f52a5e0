using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tests.Networks;
using Xunit.Abstractions;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Damaged checkpoints, indexes and manifests.</summary>
public sealed class CheckpointMutationTests(ITestOutputHelper output) : IDisposable
{
    private readonly MutationRun run = new(output);

    public static TheoryData<string> Families => NetworkFamily.Names;

    public void Dispose() => run.Dispose();

    [Fact]
    public void SmallSafetensorsFiles()
    {
        string seed = WriteSmall();
        var (loaded, refused) = run.Feed("f.safetensors", Mutant.ByChance(File.ReadAllBytes(seed), 4000, 20240), ReadAll);
        Assert.True(loaded > 100 && refused > 400, $"{loaded} loaded, {refused} refused");
    }

    [Fact]
    public void EveryFieldOfAHeaderWrongInEveryWay()
    {
        byte[] seed = File.ReadAllBytes(WriteSmall());
        var (loaded, refused) = run.Feed("f.safetensors", SafetensorsMutation.Of(seed), ReadAll);
        Assert.True(loaded > 5 && refused > 400, $"{loaded} loaded, {refused} refused");
    }

    // Into the network: what a header may say and a family's weights may not be.
    [Theory]
    [MemberData(nameof(Families))]
    public void CheckpointsOfEveryFamily(string name)
    {
        NetworkFamily family = NetworkFamily.Of(name);
        string folder = GoldenCases.First(family), config = Path.Combine(folder, "config.json");
        byte[] seed = File.ReadAllBytes(Path.Combine(folder, GoldenCases.Weights(folder).First(file => file.EndsWith(".safetensors", StringComparison.Ordinal))));
        int header = (int)BitConverter.ToInt64(seed) + 8;
        var (loaded, refused) = run.Feed("model.safetensors", [.. SafetensorsMutation.Of(seed, most: 100), .. Mutant.ByChance(seed, 60, 33, dense: header)], path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            family.Load(config, checkpoint).Dispose();
        });
        Assert.True(loaded > 0 && refused > 50, $"{loaded} loaded, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void WholeNumbersAreNoWeights(string name)
    {
        NetworkFamily family = NetworkFamily.Of(name);
        string folder = GoldenCases.First(family);
        string[] changed;
        using (var source = Checkpoint.Open(folder))
        {
            TensorView[] views = [.. source.Tensors.Values.Where(v => v.DType == TensorDType.F32)];
            changed = [.. views.Take(1).Concat(views.TakeLast(1)).Select(v => v.Name)];
            SafetensorsWriter.Write(run.Folder["whole.safetensors"], [.. source.Tensors.Values.Select(v => changed.Contains(v.Name)
                ? TensorSource.FromBytes(v.Name, TensorDType.I32, v.Shape, v.Bytes.ToArray()) : TensorSource.FromView(v))]);
        }

        using var whole = Checkpoint.Open(run.Folder["whole.safetensors"]);
        var error = Assert.Throws<CheckpointException>(() => family.Load(Path.Combine(folder, "config.json"), whole));
        Assert.StartsWith(run.Folder["whole.safetensors"], error.Message, StringComparison.Ordinal);
        Assert.All(changed, tensor => Assert.Contains($"mistyped '{tensor}': found I32", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Indexes()
    {
        SafetensorsWriter.Write(run.Folder["s1.safetensors"], [TensorSource.FromBytes("a", TensorDType.U8, [1], new byte[1])]);
        SafetensorsWriter.Write(run.Folder["s2.safetensors"], [TensorSource.FromBytes("b", TensorDType.U8, [1], new byte[1])]);
        const string Seed = """{"metadata": {"total_size": 2}, "weight_map": {"a": "s1.safetensors", "b": "s2.safetensors"}}""";
        var (loaded, refused) = run.Feed(
            "i.index.json", [.. Mutant.ByChance(Encoding.UTF8.GetBytes(Seed), 2000, 20241), .. JsonMutation.Of(Seed)], path => Checkpoint.Open(path).Dispose());
        Assert.True(loaded > 20 && refused > 400, $"{loaded} loaded, {refused} refused");
    }

    [Fact]
    public void AnIndexOfAFamilyAndItsShards()
    {
        string folder = Repository.Golden("t5_v11_sharded_bf16"), config = Path.Combine(folder, "config.json");
        foreach (string file in Directory.GetFiles(folder)) File.Copy(file, run.Folder[Path.GetFileName(file)]);
        string index = "model.safetensors.index.json", shard = "model-00002-of-00002.safetensors";
        void Load(string path)
        {
            using var checkpoint = Checkpoint.Open(run.Folder[index]);
            NetworkFamily.T5.Load(config, checkpoint).Dispose();
        }

        byte[] seed = File.ReadAllBytes(run.Folder[shard]);
        run.Feed(index, JsonMutation.Of(File.ReadAllText(run.Folder[index]), most: 400), Load, [shard, "model-00001-of-00002.safetensors"]);
        File.Copy(Path.Combine(folder, index), run.Folder[index], overwrite: true);
        run.Feed(shard, [.. SafetensorsMutation.Of(seed, most: 200), .. Mutant.ByChance(seed, 100, 34, dense: 1200)], Load, [index]);
    }

    [Fact]
    public void Manifests()
    {
        var (loaded, refused) = run.Feed("manifest.json", [.. Mutant.ByChance(Encoding.UTF8.GetBytes(ManifestJson.Valid), 2000, 20242), .. JsonMutation.Of(ManifestJson.Valid)], path =>
        {
            var manifest = ModelManifest.Load(path);
            foreach (var (_, stage) in manifest.Stages)
            {
                Assert.NotEmpty(stage.Network);
                Assert.All(stage.Weights, file => Assert.StartsWith(run.Folder.Path, Path.GetFullPath(manifest.PathOf(file)), StringComparison.Ordinal));
                Assert.Equal(JsonValueKind.Object, stage.Config.ValueKind);
            }
        });
        Assert.True(loaded > 100 && refused > 1000, $"{loaded} loaded, {refused} refused");
    }

    private static void ReadAll(string path)
    {
        using var file = SafetensorsFile.Open(path);
        int sum = 0;
        foreach (TensorView view in file.Tensors.Values)
        {
            Assert.Equal(view.ByteLength, view.Bytes.Length);
            foreach (byte value in view.Bytes) sum += value;
        }

        Assert.InRange(sum, 0, int.MaxValue);
    }

    private string WriteSmall()
    {
        SafetensorsWriter.Write(run.Folder["seed"],
        [
            TensorSource.FromBytes("a.weight", TensorDType.F32, [2, 3], new byte[24]),
            TensorSource.FromBytes("b", TensorDType.I64, [1], new byte[8]),
            TensorSource.FromBytes("c", TensorDType.U8, [5], new byte[5]),
            TensorSource.FromBytes("empty", TensorDType.BF16, [0, 4], default),
        ], new Dictionary<string, string> { ["format"] = "pt" });
        return run.Folder["seed"];
    }
}
