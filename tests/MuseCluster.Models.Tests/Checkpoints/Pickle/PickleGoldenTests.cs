using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Checkpoints.Pickle;

namespace MuseCluster.Models.Tests.Checkpoints.Pickle;

/// <summary>Files that torch.save wrote, against the same tensors in safetensors.</summary>
public sealed class PickleGoldenTests
{
    // The copy of a tied tensor, which safetensors leaves out.
    private const string Tied = "encoder.embed_tokens.weight";

    public static TheoryData<string, string, string> Pairs => new()
    {
        { "openmuse_paella_vq_a", "pytorch_model.bin", "pytorch_model.safetensors" },
        { "openmuse_maskgit_class", "pytorch_model.bin", "pytorch_model.safetensors" },
        { "t5_v11_a", "pytorch_model.bin", "model.safetensors" },
        { "taming_vqgan_a", "last.ckpt", "model.safetensors" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void EveryTensorIsItsTwinBitForBit(string name, string pickle, string safetensors)
    {
        using var read = Checkpoint.Open(Path.Combine(Repository.Golden(name), pickle));
        using var twin = Checkpoint.Open(Path.Combine(Repository.Golden(name), safetensors));
        Assert.IsType<PickleFile>(read.Files.Single());
        Assert.Equal(twin.Tensors.Keys.Order(StringComparer.Ordinal), read.Tensors.Keys.Where(key => key != Tied).Order(StringComparer.Ordinal));
        foreach (TensorView expected in twin.Tensors.Values)
        {
            TensorView actual = read[expected.Name];
            Assert.Equal(expected.DType, actual.DType);
            Assert.Equal(expected.Shape, actual.Shape);
            Assert.True(expected.Bytes.SequenceEqual(actual.Bytes), expected.Name);
            Assert.True(actual.IsAligned);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void NothingIsCopied(string name, string pickle, string safetensors)
    {
        Assert.NotEqual(pickle, safetensors);
        string path = Path.Combine(Repository.Golden(name), pickle);
        using var read = Checkpoint.Open(path);
        MappedMemory memory = Assert.Single(read.Tensors.Values.Select(view => view.Owner).Distinct());
        Assert.True(memory.Length >= new FileInfo(path).Length);
    }

    [Fact]
    public void ATiedTensorIsTheSameMemory()
    {
        using var read = Checkpoint.Open(Path.Combine(Repository.Golden("t5_v11_a"), "pytorch_model.bin"));
        Assert.Equal(read["shared.weight"].Pointer, read[Tied].Pointer);
    }
}
