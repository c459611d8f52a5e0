using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MuseCluster.Generation.Pictures;

/// <summary>Writes pictures as 8-bit RGB PNG, each row under the filter whose bytes are smallest in sum.</summary>
internal static class PngEncoder
{
    public static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Encode(Picture picture, IReadOnlyList<PngText> texts)
    {
        using var file = new MemoryStream();
        file.Write(Signature);

        Span<byte> header = [0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        WriteChunk(file, "IHDR"u8, header);

        foreach (var text in texts)
            WriteText(file, text);
        WriteChunk(file, "IDAT"u8, Compress(picture));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(Picture picture)
    {
        const int Step = 3;
        int length = picture.Width * Step;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            ReadOnlySpan<byte> above = new byte[length];
            byte[] best = new byte[length + 1], candidate = new byte[length + 1];
            for (int y = 0; y < picture.Height; y++)
            {
                var row = picture.Pixels.Slice(y * length, length);
                long bestCost = long.MaxValue;
                for (int filter = 0; filter < PngFilter.Count; filter++)
                {
                    candidate[0] = (byte)filter;
                    PngFilter.Apply(filter, row, above, Step, candidate.AsSpan(1));
                    long cost = Cost(candidate.AsSpan(1));
                    if (cost < bestCost)
                        (bestCost, best, candidate) = (cost, candidate, best);
                }

                zlib.Write(best);
                above = row;
            }
        }

        return compressed.ToArray();
    }

    /// <summary>The sum of the bytes' sizes as signed numbers, which the specification suggests to compare filters by.</summary>
    private static long Cost(ReadOnlySpan<byte> filtered)
    {
        long cost = 0;
        foreach (byte value in filtered)
            cost += value < 128 ? value : 256 - value;
        return cost;
    }

    private static void WriteText(MemoryStream file, PngText text)
    {
        if (!PngTextReader.IsKeyword(text.Keyword))
            throw new ArgumentException($"\"{text.Keyword}\" is no PNG keyword: 1 to 79 printable Latin-1 characters without stray spaces.", nameof(text));
        if (text.Text.Contains('\0'))
            throw new ArgumentException($"The text of \"{text.Keyword}\" contains a NUL character.", nameof(text));

        byte[] keyword = Encoding.Latin1.GetBytes(text.Keyword);
        if (Ascii.IsValid(text.Text))
        {
            WriteChunk(file, "tEXt"u8, [.. keyword, 0, .. Encoding.ASCII.GetBytes(text.Text)]);
            return;
        }

        // After the keyword: not compressed, method 0, no language tag, no translated keyword.
        WriteChunk(file, "iTXt"u8, [.. keyword, 0, 0, 0, 0, 0, .. StrictUtf8.GetBytes(text.Text)]);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, PngChecksum.Crc(type, data));
        file.Write(number);
    }
}
