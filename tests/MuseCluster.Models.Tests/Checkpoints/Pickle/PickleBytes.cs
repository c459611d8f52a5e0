using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MuseCluster.Models.Tests.Checkpoints.Pickle;

/// <summary>Writes pickles of protocol 2, right or wrong, piece by piece, and archives around them. Each piece leaves one value on the stack.</summary>
internal static class PickleBytes
{
    public static byte[] None => "N"u8.ToArray();

    public static byte[] False => [0x89];

    public static byte[] OrderedDict => Call(Global("collections", "OrderedDict"));

    public static byte[] Whole(params byte[][] pieces) => [0x80, 2, .. Joined(pieces), (byte)'.'];

    public static byte[] Global(string module, string name) => Encoding.UTF8.GetBytes($"c{module}\n{name}\n");

    public static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return [(byte)'X', .. length, .. utf8];
    }

    public static byte[] Int(long value)
    {
        byte[] digits = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(digits, value);
        return [0x8a, 8, .. digits];
    }

    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. Joined(items), (byte)'t'];

    public static byte[] Ints(params long[] values) => Tuple([.. values.Select(Int)]);

    public static byte[] Call(byte[] function, params byte[][] arguments) => [.. function, .. Tuple(arguments), (byte)'R'];

    public static byte[] Dict(params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. Joined(items.SelectMany(item => new[] { Text(item.Key), item.Value })), (byte)'u'];

    public static byte[] Storage(string type, string key, long count) =>
        [.. Tuple(Text("storage"), Global("torch", type), Text(key), Text("cpu"), Int(count)), (byte)'Q'];

    public static byte[] Tensor(byte[] storage, long offset, long[] size, long[] stride) =>
        Call(Global("torch._utils", "_rebuild_tensor_v2"), storage, Int(offset), Ints(size), Ints(stride), False, OrderedDict);

    public static byte[] Parameter(byte[] tensor) => Call(Global("torch._utils", "_rebuild_parameter"), tensor, False, OrderedDict);

    /// <summary>An archive as torch.save names its entries: the pickle, then storages 0, 1, ....</summary>
    public static byte[] Archive(byte[] pickle, params byte[][] storages) => Archive(CompressionLevel.NoCompression, pickle, storages);

    /// <summary>The same, compressed or not.</summary>
    public static byte[] Archive(CompressionLevel level, byte[] pickle, params byte[][] storages) => Entries(level,
        [("archive/data.pkl", pickle), .. storages.Select((bytes, i) => ($"archive/data/{i}", bytes)), ("archive/version", "3\n"u8.ToArray())]);

    /// <summary>An archive of any entries.</summary>
    public static byte[] Entries(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Joined(IEnumerable<byte[]> pieces) => [.. pieces.SelectMany(piece => piece)];
}
