using System.Buffers.Binary;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

public sealed class T5EncoderCheckpointTests : IDisposable
{
    private const string Copy = "encoder.embed_tokens.weight";
    private readonly string folder = Directory.CreateTempSubdirectory("t5-").FullName;
    private readonly T5GoldenCase golden = new("t5_v11_a");
    private readonly Checkpoint source = Checkpoint.Open(Repository.Golden("t5_v11_a"));

    public void Dispose()
    {
        source.Dispose();
        golden.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void AWholeModelGivesItsEncoder() =>
        AssertLoads(Write([.. Stored(), Junk(Copy, 96, 24), Junk("lm_head.weight", 96, 24), Junk("decoder.final_layer_norm.weight", 24)]));

    [Fact]
    public void EmbeddingsMayBeUnderTheEncodersNameAlone() =>
        AssertLoads(Write([.. Stored().Where(t => t.Name != "shared.weight"), TensorSource.FromView(source["shared.weight"], Copy)]));

    [Fact]
    public void UnalignedTensorsLoad()
    {
        byte[] bytes = File.ReadAllBytes(source.Files[0].Path);
        long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header + 1);
        string path = Path.Combine(folder, "odd.safetensors");
        File.WriteAllBytes(path, [.. bytes.AsSpan(0, 8), .. bytes.AsSpan(8, (int)header), (byte)' ', .. bytes.AsSpan(8 + (int)header)]);
        using (var checkpoint = Checkpoint.Open(path))
            Assert.All(checkpoint.Tensors.Values, view => Assert.False(view.IsAligned));
        AssertLoads(path);
    }

    [Fact]
    public void EveryMisfitIsNamed()
    {
        string path = Write([.. Stored().Where(t => !t.Name.EndsWith("final_layer_norm.weight", StringComparison.Ordinal)), Junk("surprise", 1)]);
        using var checkpoint = Checkpoint.Open(path);
        var error = Assert.Throws<CheckpointException>(() => T5EncoderCheckpoint.Load(golden.Config with { DFf = 41 }, checkpoint));
        Assert.Contains("missing 'encoder.final_layer_norm.weight'", error.Message);
        Assert.Contains("misshapen 'encoder.block.0.layer.1.DenseReluDense.wi_0.weight': found [40, 24], expected [41, 24]", error.Message);
        Assert.Contains("unexpected 'surprise'", error.Message);
    }

    [Fact]
    public void LoadedWeightsAskForNoGradients()
    {
        Assert.All(golden.Encoder.parameters(), p => Assert.False(p.requires_grad));
        using var rough = T5EncoderCheckpoint.Load(golden.Config, source, dtype: bfloat16);
        Assert.All(rough.parameters(), p => Assert.Equal(bfloat16, p.dtype));
        Assert.Throws<ArgumentException>("dtype", () => T5EncoderCheckpoint.Load(golden.Config, source, dtype: float16));
    }

    private static TensorSource Junk(string name, params long[] shape) =>
        TensorSource.FromBytes(name, TensorDType.F32, shape, new byte[shape.Aggregate(4L, (a, b) => a * b)]);

    private IEnumerable<TensorSource> Stored() => source.Tensors.Values.Select(view => TensorSource.FromView(view));

    private string Write(IEnumerable<TensorSource> tensors)
    {
        string path = Path.Combine(folder, "model.safetensors");
        SafetensorsWriter.Write(path, [.. tensors]);
        return path;
    }

    private void AssertLoads(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(path);
        using T5Encoder encoder = T5EncoderCheckpoint.Load(golden.Config, checkpoint);
        checkpoint.Dispose();
        Assert.Equal(golden.Encoder.forward(golden.Ids).ToArray<float>(), encoder.forward(golden.Ids).ToArray<float>());
    }
}
