using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MuseCluster.Generation.Tests.Pictures;

/// <summary>Builds files chunk by chunk, right or wrong ones.</summary>
internal sealed class PngBuilder
{
    private readonly MemoryStream _file = new();

    public PngBuilder() => _file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public static byte[] Header(int width, int height, byte depth = 8, byte type = 2, byte compression = 0, byte filter = 0, byte interlace = 0)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[10], data[11], data[12]) = (depth, type, compression, filter, interlace);
        return data;
    }

    public static byte[] Zlib(byte[] raw)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(raw);
        return packed.ToArray();
    }

    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }

    /// <summary>Recomputes every chunk's CRC, as far as the chunks' lengths can be followed.</summary>
    public static void FixCrcs(byte[] file)
    {
        int at = 8;
        while (at + 12 <= file.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                return;
            var span = file.AsSpan(at + 4, (int)length + 4);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), Crc(span));
            at += 12 + (int)length;
        }
    }

    public PngBuilder Chunk(string type, params byte[] data)
    {
        byte[] typed = [.. Encoding.Latin1.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        _file.Write(number);
        _file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed));
        _file.Write(number);
        return this;
    }

    public byte[] Bytes() => _file.ToArray();
}
