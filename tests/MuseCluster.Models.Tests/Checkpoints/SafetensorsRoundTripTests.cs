using System.Text;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class SafetensorsRoundTripTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<TensorDType> DTypes => [.. Enum.GetValues<TensorDType>()];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void EveryDTypeComesBackAsItWent(TensorDType dtype)
    {
        byte[] bytes = new byte[3 * 5 * dtype.ItemSize()];
        new Random(1).NextBytes(bytes);
        SafetensorsWriter.Write(folder["a.safetensors"], [TensorSource.FromBytes("x", dtype, [3, 5], bytes)]);

        using var file = SafetensorsFile.Open(folder["a.safetensors"]);
        TensorView view = Assert.Single(file.Tensors).Value;
        Assert.Equal(dtype, view.DType);
        Assert.Equal([3, 5], view.Shape);
        Assert.Equal(bytes.Length, view.ByteLength);
        Assert.Equal(bytes, view.Bytes.ToArray());
        Assert.True(view.IsAligned);
    }

    [Fact]
    public void ScalarsEmptyTensorsAndNoTensorsAtAllAreFiles()
    {
        SafetensorsWriter.Write(folder["none.safetensors"], []);
        SafetensorsWriter.Write(folder["odd.safetensors"],
        [
            TensorSource.FromBytes("scalar", TensorDType.F32, [], new byte[] { 1, 2, 3, 4 }),
            TensorSource.FromBytes("empty", TensorDType.F32, [0, 7], default),
            TensorSource.FromBytes("empty too", TensorDType.U8, [0], default),
        ]);

        using var none = SafetensorsFile.Open(folder["none.safetensors"]);
        using var odd = SafetensorsFile.Open(folder["odd.safetensors"]);
        Assert.Empty(none.Tensors);
        Assert.Equal([1, 2, 3, 4], odd.Tensors["scalar"].Bytes.ToArray());
        Assert.Empty(odd.Tensors["scalar"].Shape);
        Assert.Equal([0, 7], odd.Tensors["empty"].Shape);
        Assert.True(odd.Tensors["empty too"].Bytes.IsEmpty);
    }

    [Fact]
    public void NamesAndMetadataSurviveWhateverTheyHold()
    {
        string[] names = ["a.b.weight", "quote\"backslash\\", "línea\nnueva", "模型", "😀", "data_offsets", " "];
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["note"] = "a \"b\"\n😀", [""] = "" };
        SafetensorsWriter.Write(folder["n.safetensors"],
            names.Select((name, i) => TensorSource.FromBytes(name, TensorDType.U8, [1], new[] { (byte)i })), metadata);

        using var file = SafetensorsFile.Open(folder["n.safetensors"]);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(names.Order(StringComparer.Ordinal), file.Tensors.Keys);
        for (int i = 0; i < names.Length; i++) Assert.Equal(i, file.Tensors[names[i]].Bytes[0]);
    }

    [Fact]
    public void EqualTensorsGiveEqualBytesWhateverTheirOrder()
    {
        TensorSource[] tensors =
        [
            TensorSource.FromBytes("u8", TensorDType.U8, [3], new byte[3]),
            TensorSource.FromBytes("z", TensorDType.F32, [1], new byte[4]),
            TensorSource.FromBytes("f16", TensorDType.F16, [1], new byte[2]),
            TensorSource.FromBytes("a", TensorDType.F32, [1], new byte[4]),
            TensorSource.FromBytes("i64", TensorDType.I64, [1], new byte[8]),
        ];
        SafetensorsWriter.Write(folder["1"], tensors, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        SafetensorsWriter.Write(folder["2"], tensors.Reverse(), new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });

        byte[] first = File.ReadAllBytes(folder["1"]);
        Assert.Equal(first, File.ReadAllBytes(folder["2"]));
        Assert.Equal(0, (8 + BitConverter.ToInt64(first)) % 8);
        using var file = SafetensorsFile.Open(folder["1"]);
        Assert.Equal(["i64", "a", "z", "f16", "u8"], file.Tensors.Keys);
        Assert.All(file.Tensors.Values, view => Assert.True(view.IsAligned));
    }

    [Fact]
    public void UnpaddedHeadersAreReadAndTheirTensorsSaidToBeUnaligned()
    {
        string header = """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} """;
        while (Encoding.UTF8.GetByteCount(header) % 4 == 0) header += " ";
        folder.Write("u.safetensors", SafetensorsBytes.Of(header, 4));

        using var file = SafetensorsFile.Open(folder["u.safetensors"]);
        Assert.False(file.Tensors["x"].IsAligned);
        Assert.Equal([0, 1, 2, 3], file.Tensors["x"].Bytes.ToArray());
    }

    [Fact]
    public void SlicesStayInsideTheirTensor()
    {
        folder.Write("s.safetensors", SafetensorsBytes.Of(
            """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8));
        using var file = SafetensorsFile.Open(folder["s.safetensors"]);
        TensorView view = file.Tensors["b"];

        Assert.Equal([5, 6], view.Slice(1, 2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(3, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(-1, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(0, -1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(long.MaxValue, 1).Length);
    }
}
