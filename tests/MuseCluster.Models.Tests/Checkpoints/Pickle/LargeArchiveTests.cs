using System.Buffers.Binary;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Checkpoints.Pickle;
using static MuseCluster.Models.Tests.Checkpoints.Pickle.PickleBytes;

namespace MuseCluster.Models.Tests.Checkpoints.Pickle;

/// <summary>Archives whose numbers stand in 64-bit fields, as those beyond 4 GiB must: small ones, written that way.</summary>
public sealed class LargeArchiveTests : IDisposable
{
    private const int CentralBytes = 46;
    private const int EndBytes = 22;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheEndRecordOf64BitsIsReadWhereTheOtherOverflows()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Repository.Golden("t5_v11_a"), "pytorch_model.bin"));
        using var plain = PickleFile.Open(folder.Write("plain.bin", bytes));
        bytes.AsSpan(bytes.Length - EndBytes + 8, 12).Fill(0xff);
        using var large = PickleFile.Open(folder.Write("large.bin", bytes));
        Assert.Equal(plain.Tensors.Keys, large.Tensors.Keys);
        Assert.All(plain.Tensors.Values, view => Assert.Equal(view.Bytes.ToArray(), large.Tensors[view.Name].Bytes.ToArray()));

        bytes[bytes.Length - EndBytes - 20] = (byte)'x';
        Assert.Contains("64-bit end record is missing", Assert.Throws<CheckpointException>(() => PickleFile.Open(folder.Write("cut.bin", bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EntriesOf64BitsAreRead()
    {
        byte[] storage = Floats(1, 2, 3);
        byte[] archive = Archive(Whole(Dict(("w", Tensor(Storage("FloatStorage", "0", 3), 0, [3], [1])))), storage);
        using var file = PickleFile.Open(folder.Write("large.bin", Widened(archive, honest: true)));
        Assert.Equal(storage, file.Tensors["w"].Bytes.ToArray());
        Assert.Contains("beyond 63 bits",
            Assert.Throws<CheckpointException>(() => PickleFile.Open(folder.Write("lie.bin", Widened(archive, honest: false)))).Message, StringComparison.Ordinal);
    }

    // Rewrites the central directory with every length and offset in a 64-bit extra field.
    private static byte[] Widened(byte[] archive, bool honest)
    {
        int end = archive.Length - EndBytes;
        int start = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(end + 16));
        var directory = new List<byte>();
        for (int at = start; at < end;)
        {
            ReadOnlySpan<byte> entry = archive.AsSpan(at);
            int name = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]);
            byte[] fields = entry[..(CentralBytes + name)].ToArray();
            byte[] wide = new byte[28];
            wide[0] = 1;
            wide[2] = 24;
            BinaryPrimitives.WriteInt64LittleEndian(wide.AsSpan(4), honest ? BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]) : -1);
            BinaryPrimitives.WriteInt64LittleEndian(wide.AsSpan(12), BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]));
            BinaryPrimitives.WriteInt64LittleEndian(wide.AsSpan(20), BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]));
            fields.AsSpan(20, 8).Fill(0xff);
            fields.AsSpan(42, 4).Fill(0xff);
            BinaryPrimitives.WriteUInt16LittleEndian(fields.AsSpan(30), 28);
            BinaryPrimitives.WriteUInt16LittleEndian(fields.AsSpan(32), 0);
            directory.AddRange(fields);
            directory.AddRange(wide);
            at += CentralBytes + name + extra + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }

        byte[] tail = archive[end..];
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(12), directory.Count);
        return [.. archive[..start], .. directory, .. tail];
    }
}
