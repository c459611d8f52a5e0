using System.IO.Compression;
using System.Runtime.InteropServices;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Checkpoints.Pickle;
using static MuseCluster.Models.Tests.Checkpoints.Pickle.PickleBytes;

namespace MuseCluster.Models.Tests.Checkpoints.Pickle;

public sealed class PickleFileTests : IDisposable
{
    private static readonly byte[] Six = Floats(0, 1, 2, 3, 4, 5);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<CompressionLevel> Levels => [CompressionLevel.NoCompression, CompressionLevel.Optimal];

    [Theory]
    [MemberData(nameof(Levels))]
    public void ViewsOfASharedStorageAreReadInTheirOwnOrder(CompressionLevel level)
    {
        byte[] storage = Storage("FloatStorage", "0", 6);
        using PickleFile file = Open(Archive(level, Whole(Dict(
            ("plain", Tensor(storage, 0, [2, 3], [3, 1])),
            ("transposed", Tensor(storage, 0, [3, 2], [1, 3])),
            ("tail", Tensor(storage, 4, [2], [1])),
            ("every_other", Tensor(storage, 1, [3], [2])),
            ("repeated", Tensor(storage, 2, [2, 2], [0, 1])),
            ("scalar", Tensor(storage, 5, [], [])),
            ("row", Tensor(storage, 3, [1, 3], [77, 1])),
            ("cube", Tensor(storage, 0, [2, 1, 3], [1, 9, 2])),
            ("empty", Tensor(storage, 6, [0, 4], [4, 1])),
            ("learned", Parameter(Tensor(storage, 0, [1], [1]))))), Six));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values(file, "plain"));
        Assert.Equal([0, 3, 1, 4, 2, 5], Values(file, "transposed"));
        Assert.Equal([4, 5], Values(file, "tail"));
        Assert.Equal([1, 3, 5], Values(file, "every_other"));
        Assert.Equal([2, 3, 2, 3], Values(file, "repeated"));
        Assert.Equal([5], Values(file, "scalar"));
        Assert.Equal([3, 4, 5], Values(file, "row"));
        Assert.Equal([0, 2, 4, 1, 3, 5], Values(file, "cube"));
        Assert.Empty(Values(file, "empty"));
        Assert.Equal([0], Values(file, "learned"));
        Assert.Equal([3, 2], file.Tensors["transposed"].Shape);
        Assert.Equal(file.Tensors["plain"].Pointer + 16, file.Tensors["tail"].Pointer);
        Assert.NotEqual(file.Tensors["plain"].Owner, file.Tensors["transposed"].Owner);
    }

    [Theory]
    [InlineData("FloatStorage", 4, TensorDType.F32)]
    [InlineData("HalfStorage", 2, TensorDType.F16)]
    [InlineData("BFloat16Storage", 2, TensorDType.BF16)]
    [InlineData("DoubleStorage", 8, TensorDType.F64)]
    [InlineData("LongStorage", 8, TensorDType.I64)]
    [InlineData("IntStorage", 4, TensorDType.I32)]
    [InlineData("ByteStorage", 1, TensorDType.U8)]
    [InlineData("BoolStorage", 1, TensorDType.Bool)]
    public void EveryElementTypeIsReadAndReordered(string type, int size, TensorDType expected)
    {
        byte[] bytes = [.. Enumerable.Range(1, 4 * size).Select(i => (byte)i)];
        byte[] storage = Storage(type, "0", 4);
        using PickleFile file = Open(Archive(Whole(Dict(
            ("a", Tensor(storage, 0, [4], [1])), ("t", Tensor(storage, 0, [2, 2], [1, 2])))), bytes));
        Assert.Equal(expected, file.Tensors["a"].DType);
        Assert.Equal(bytes, file.Tensors["a"].Bytes.ToArray());
        Assert.Equal([.. bytes[..size], .. bytes[(2 * size)..(3 * size)], .. bytes[size..(2 * size)], .. bytes[(3 * size)..]], file.Tensors["t"].Bytes.ToArray());
    }

    [Fact]
    public void ACheckpointOfLightningGivesItsStateDict()
    {
        byte[] weight = Tensor(Storage("FloatStorage", "0", 6), 0, [6], [1]);
        byte[] callbacks = [(byte)'}', .. Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint"), .. Dict(("best", None)), (byte)'s'];
        using PickleFile file = Open(Archive(Whole(Dict(
            ("epoch", Int(3)), ("state_dict", Dict(("w", weight))), ("callbacks", callbacks),
            ("optimizer_states", [(byte)']', .. Dict(("m", weight)), (byte)'a']), ("dtype", Global("torch", "float32")),
            ("size", Call(Global("torch", "Size"), Ints(2, 3))))), Six));
        Assert.Equal("w", Assert.Single(file.Tensors).Key);
    }

    [Fact]
    public void AttributesOfAStateDictAreIgnored()
    {
        byte[] stateDict = [.. OrderedDict, (byte)'(', .. Text("w"), .. Tensor(Storage("FloatStorage", "0", 6), 0, [6], [1]), (byte)'u', .. Dict(("_metadata", OrderedDict)), (byte)'b'];
        using PickleFile file = Open(Archive(Whole(stateDict), Six));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values(file, "w"));
    }

    [Fact]
    public void MemoryLivesAsLongAsALease()
    {
        PickleFile file = Open(Archive(CompressionLevel.Optimal, Whole(Dict(("w", Tensor(Storage("FloatStorage", "0", 6), 0, [6], [1])))), Six));
        TensorView view = file.Tensors["w"];
        using (MemoryLease lease = view.Lease())
        {
            file.Dispose();
            Assert.False(view.Owner.IsReleased);
            Assert.Equal(Six, view.Bytes.ToArray());
        }

        Assert.True(view.Owner.IsReleased);
        file.Dispose();
    }

    [Fact]
    public void AFolderGivesItsKnownPickleElseItsOnlyOne()
    {
        byte[] Of(string name) => Archive(Whole(Dict((name, Tensor(Storage("FloatStorage", "0", 6), 0, [6], [1])))), Six);
        folder.Write("last.ckpt", Of("only"));
        Assert.Equal("only", First());
        folder.Write("other.pt", Of("other"));
        Assert.Equal(["last.ckpt", "other.pt"], Assert.Throws<CheckpointException>(First).Problems);
        folder.Write("pytorch_model.bin", Of("known"));
        Assert.Equal("known", First());
        SafetensorsWriter.Write(folder["model.safetensors"], [TensorSource.FromBytes("safe", TensorDType.U8, [1], new byte[1])]);
        Assert.Equal("safe", First());
    }

    [Fact]
    public void ShardsOfPicklesAreOneMap()
    {
        byte[] Of(string name) => Archive(Whole(Dict((name, Tensor(Storage("FloatStorage", "0", 6), 0, [6], [1])))), Six);
        folder.Write("pytorch_model-1.bin", Of("a"));
        folder.Write("pytorch_model-2.bin", Of("b"));
        folder.Write("pytorch_model.bin.index.json", """{"weight_map":{"a":"pytorch_model-1.bin","b":"pytorch_model-2.bin"}}""");
        using var read = Checkpoint.Open(folder.Path);
        Assert.Equal(["a", "b"], read.Tensors.Keys);
    }

    private static float[] Values(PickleFile file, string name) => MemoryMarshal.Cast<byte, float>(file.Tensors[name].Bytes).ToArray();

    private PickleFile Open(byte[] archive) => PickleFile.Open(folder.Write("model.pt", archive));

    private string First()
    {
        using var read = Checkpoint.Open(folder.Path);
        return read.Tensors.Keys.First();
    }
}
