using System.IO.Compression;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Checkpoints.Pickle;
using static MuseCluster.Models.Tests.Checkpoints.Pickle.PickleBytes;

namespace MuseCluster.Models.Tests.Checkpoints.Pickle;

/// <summary>What a file must not hold is refused with the file's name and what was found.</summary>
public sealed class PickleRefusalTests : IDisposable
{
    private static readonly byte[] Six = Floats(0, 1, 2, 3, 4, 5);
    private static readonly byte[] Plain = Storage("FloatStorage", "0", 6);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("torch", "load")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch._utils", "_rebuild_tensor_v2 ")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    public void OtherGlobalsAreRefusedByName(string module, string name) =>
        Refuses(Whole(Call(Global(module, name), Text("touch /tmp/owned"))), $"'{module}.{name}'", "expected torch._utils._rebuild_tensor_v2");

    [Fact]
    public void AGlobalIsRefusedWhereverItStands() =>
        Refuses(Whole(Dict(("state_dict", Dict()), ("hyper_parameters", Global("argparse", "Namespace")))), "'argparse.Namespace'", "archive/data.pkl");

    public static TheoryData<string, byte[], string> Calls => new()
    {
        { "storage", Call(Global("torch", "FloatStorage"), Int(4)), "calls torch.FloatStorage" },
        { "inert", Call(Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")), "may only be listed" },
        { "text", Call(Text("os.system"), Text("x")), "calls a str" },
        { "arguments", Call(Global("torch._utils", "_rebuild_tensor_v2"), Plain), "with 1 arguments (a storage)" },
        { "dict", Call(Global("collections", "OrderedDict"), Int(1)), "calls collections.OrderedDict with 1 arguments" },
        { "not a tuple", [.. Global("collections", "OrderedDict"), .. Dict(), (byte)'R'], "with a dict; expected a tuple" },
        { "build", [.. Global("torch", "FloatStorage"), .. Dict(), (byte)'b'], "attributes of the global torch.FloatStorage" },
        { "persistent id", [.. Tuple(Text("module"), Text("x")), (byte)'Q'], "persistent id" },
        { "storage type", [.. Tuple(Text("storage"), Text("float"), Text("0"), Text("cpu"), Int(6)), (byte)'Q'], "whose type is a str" },
        { "negative storage", Storage("FloatStorage", "0", -1), "-1 elements" },
        { "negative stride", Tensor(Plain, 5, [6], [-1]), "stride holds -1" },
        { "negative size", Tensor(Plain, 0, [-6], [1]), "size holds -6" },
        { "negative offset", Tensor(Plain, -1, [6], [1]), "begins at element -1" },
        { "rank", Tensor(Plain, 0, [1, 1], [1]), "as many of each" },
        { "many dimensions", Tensor(Plain, 0, new long[17], new long[17]), "17 dimensions" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void CallsThatTorchDoesNotWriteAreRefused(string what, byte[] piece, string problem)
    {
        Assert.NotEmpty(what);
        Refuses(Whole(Dict(("w", piece))), problem);
    }

    public static TheoryData<string, byte[], string> Tensors => new()
    {
        { "past the end", Tensor(Plain, 1, [2, 3], [3, 1]), "leaves its storage of 6 elements" },
        { "offset past the end", Tensor(Plain, 6, [1], [1]), "leaves its storage" },
        { "stride past the end", Tensor(Plain, 0, [2], [long.MaxValue]), "leaves its storage" },
        { "all past the end", Tensor(Plain, long.MaxValue, [long.MaxValue / 8, 1], [long.MaxValue, long.MaxValue]), "leaves its storage" },
        { "size overflows", Tensor(Plain, 0, [1L << 40, 1L << 40], [0, 0]), "size overflows" },
        { "one element for ever", Tensor(Plain, 0, [1L << 40], [0]), "too much memory" },
        { "storage is missing", Tensor(Storage("FloatStorage", "7", 6), 0, [6], [1]), "'archive/data/7' is not in the archive" },
        { "storage leaves the folder", Tensor(Storage("FloatStorage", "../version", 6), 0, [6], [1]), "is not in the archive" },
        { "storage is longer", Tensor(Storage("FloatStorage", "0", 5), 0, [5], [1]), "has 24 bytes, but 5 elements of F32 take 20" },
        { "storage is shorter", Tensor(Storage("DoubleStorage", "0", 6), 0, [6], [1]), "has 24 bytes, but 6 elements of F64 take 48" },
        { "storage overflows", Tensor(Storage("FloatStorage", "0", long.MaxValue), 0, [6], [1]), "has 24 bytes" },
        { "element type", Tensor(Storage("ComplexFloatStorage", "0", 3), 0, [3], [1]), "torch.ComplexFloatStorage, which is not supported" },
        { "a number", Int(3), "is an int; expected a tensor" },
        { "a dict", Dict(("w", None)), "is a dict; expected a tensor" },
    };

    [Theory]
    [MemberData(nameof(Tensors))]
    public void TensorsThatTheFileDoesNotHoldAreRefused(string what, byte[] piece, string problem)
    {
        Assert.NotEmpty(what);
        Assert.Equal(problem.Contains("memory", StringComparison.Ordinal) ? null : "w", Refuses(Whole(Dict(("w", piece))), problem).Tensor);
    }

    public static TheoryData<byte[], string> Programs => new()
    {
        { [], "ends at byte 0" },
        { "hello"u8.ToArray(), "does not begin with a protocol" },
        { [0x80, 4, (byte)'N', (byte)'.'], "protocol 4; expected protocol 2" },
        { Whole(), "empty stack" },
        { Whole(None, None), "values left over" },
        { Whole("("u8.ToArray(), None), "values left over" },
        { Whole("t"u8.ToArray()), "never set" },
        { Whole("h\x05"u8.ToArray()), "never stored" },
        { Whole([(byte)'X', 255, 255, 255, 127]), "truncated" },
        { Whole([0x8a, 200]), "an integer of 200 bytes" },
        { Whole([(byte)'i', .. "os\nsystem\n"u8]), "instruction 0x69" },
        { Whole([.. Global("collections", "OrderedDict"), (byte)')', 0x81]), "instruction 0x81" },
        { Whole([(byte)'c', .. new byte[2000]]), "does not end within" },
        { Whole([(byte)'}', (byte)'(', .. None, (byte)'u']), "a key and no value" },
        { Whole([(byte)'N', .. Text("a"), .. None, (byte)'s']), "sets items of None" },
        { Whole([(byte)'N', .. None, (byte)'a']), "appends to None" },
        { Whole([(byte)'X', 1, 0, 0, 0, 0xff]), "not UTF-8" },
        { Whole(None), "holds None; expected a dict" },
        { Whole([(byte)'}', .. None, .. None, (byte)'s']), "lists None under None" },
        { Whole(Dict(("state_dict", Int(1)))), "its state_dict is an int" },
        { Whole(Dict(("", Tensor(Plain, 0, [6], [1])))), "needs a name" },
        { Whole(Dict(("w", Tensor(Plain, 0, [6], [1])), ("w", Tensor(Plain, 0, [3], [1])))), "listed twice" },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void ProgramsThatTorchDoesNotWriteAreRefused(byte[] pickle, string problem) => Refuses(pickle, problem);

    [Fact]
    public void AnArchiveThatIsNoneOfTorchIsRefused()
    {
        byte[] good = Archive(Whole(Dict(("w", Tensor(Plain, 0, [6], [1])))), Six);
        RefusesFile("not a zip"u8.ToArray(), "not a zip archive");
        RefusesFile([], "not a zip archive");
        RefusesFile(good[..^1], "not a zip archive");
        RefusesFile(good[40..], "");
        RefusesFile([0x80, 2, 0x8a, 10, .. "l\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."u8], "torch.save of PyTorch 1.6");
        RefusesFile(Entries(CompressionLevel.NoCompression, ("readme.txt", Six)), "without a data.pkl");
        RefusesFile(Entries(CompressionLevel.NoCompression, ("a/data.pkl", Six), ("b/data.pkl", Six)), "holds 2 pickles");
        RefusesFile(Entries(CompressionLevel.NoCompression, ("a/data.pkl", Six), ("a/data.pkl", Six)), "is listed twice");
        RefusesFile(Entries(CompressionLevel.NoCompression, ("a/data.pkl", Six), ("a/byteorder", "big"u8.ToArray())), "its byteorder is 'big'");
        RefusesFile(Entries(CompressionLevel.NoCompression, ("a/data.pkl", Six), ("a/version", "11\n"u8.ToArray())), "its version is '11'");
    }

    [Fact]
    public void WhatInflatesToMoreThanItSaysOrThanTheFileMayIsRefused()
    {
        byte[] zeros = new byte[80 << 20];
        RefusesFile(
            Archive(CompressionLevel.Optimal, Whole(Dict(("w", Tensor(Storage("ByteStorage", "0", zeros.Length), 0, [zeros.Length], [1])))), zeros),
            "too much memory");
        RefusesFile(Archive(CompressionLevel.Optimal, zeros), "the most accepted is");
    }

    [Fact]
    public void NestingAndSharingCostNoMoreThanTheirBytes()
    {
        // A million marks, a tuple in a tuple in a tuple, and a list that holds two of its like: 2^60 values if they were copied.
        Refuses(Whole(Enumerable.Repeat((byte)'(', 1 << 20).ToArray()), "empty stack");
        Refuses(Whole([(byte)')', .. Enumerable.Repeat((byte)0x85, 1 << 20)]), "holds a tuple");
        var laughs = new List<byte>("]q\0"u8.ToArray());
        for (byte i = 0; i < 60; i++) laughs.AddRange([(byte)']', (byte)'h', i, (byte)'a', (byte)'h', i, (byte)'a', (byte)'q', (byte)(i + 1)]);
        laughs.AddRange([.. Enumerable.Repeat<byte[]>([0x86], 60).SelectMany(x => x)]);
        Refuses(Whole([.. laughs]), "holds a tuple");
        Refuses(Whole([(byte)']', (byte)'q', 0, (byte)'h', 0, (byte)'a']), "holds a list");
        Refuses(Whole(Enumerable.Repeat((byte)'N', PickleMachineLimit + 1).ToArray()), "instructions");
    }

    private static int PickleMachineLimit => 1 << 22;

    private CheckpointException Refuses(byte[] pickle, string problem, string also = "") => RefusesFile(Archive(pickle, Six), problem, also);

    private CheckpointException RefusesFile(byte[] archive, string problem, string also = "")
    {
        string path = folder.Write("model.bin", archive);
        var refused = Assert.Throws<CheckpointException>(() => PickleFile.Open(path).Dispose());
        Assert.StartsWith(path + ":", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains(also, refused.Message, StringComparison.Ordinal);
        Assert.Equal(path, refused.File);
        if (MappedFiles.Known) Assert.False(MappedFiles.IsMapped(path));
        return refused;
    }
}
