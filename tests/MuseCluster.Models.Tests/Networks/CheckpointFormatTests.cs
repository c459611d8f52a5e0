using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>Every family from files of every type of number, in one file and in several.</summary>
public sealed class CheckpointFormatTests
{
    public static TheoryData<string, TensorDType> Cases
    {
        get
        {
            var data = new TheoryData<string, TensorDType>();
            foreach (NetworkFamily family in NetworkFamily.All)
                foreach (TensorDType type in new[] { TensorDType.F16, TensorDType.BF16, TensorDType.F64 })
                    data.Add(family.Name, type);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ShardsOfOtherPrecisionGiveTheSameWeightsRounded(string name, TensorDType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using var files = new TempFolder();
        NetworkFamily family = NetworkFamily.Of(name);
        string folder = GoldenCases.First(family), config = Path.Combine(folder, "config.json");
        using var source = Checkpoint.Open(folder);
        using nn.Module whole = family.Load(config, source);
        WriteShards(files, source, type);
        using var shards = Checkpoint.Open(files.Path);
        Assert.Equal(2, shards.Files.Count);
        using nn.Module rounded = family.Load(config, shards);
        Dictionary<string, Tensor> expected = whole.state_dict(), actual = rounded.state_dict();
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (key, tensor) in expected)
        {
            Assert.Equal(tensor.dtype, actual[key].dtype);
            Tensor stored = tensor.dtype == int64 ? tensor : tensor.to(type.ToScalarType()).to(tensor.dtype);
            Assert.True(stored.equal(actual[key]), key);
        }
    }

    private static void WriteShards(TempFolder files, Checkpoint source, TensorDType type)
    {
        var map = new Dictionary<string, string>();
        (string Name, Tensor Tensor)[] tensors = [.. source.Tensors.Values.Select(v => (v.Name, v.DType is TensorDType.I64 ? v.ToTensor() : v.ToTensor().to(type.ToScalarType())))];
        for (int shard = 0; shard < 2; shard++)
        {
            string file = $"model-0000{shard + 1}-of-00002.safetensors";
            KeyValuePair<string, Tensor>[] part = [.. tensors.Where((_, i) => i % 2 == shard).Select(t => KeyValuePair.Create(t.Name, t.Tensor))];
            CheckpointTensors.Save(files[file], part);
            foreach (var (key, _) in part) map.Add(key, file);
        }

        files.Write("model.safetensors.index.json", JsonSerializer.Serialize(new { weight_map = map }));
    }
}
