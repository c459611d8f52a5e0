using System.Buffers.Binary;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Damage as files suffer it, by chance or on purpose: bits, bytes, lengths, cuts, copies, swaps, and pieces of spite.</summary>
internal static class FileMutation
{
    private static readonly byte[][] Numbers =
        [[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x00], [0x7F], [0x80], [0xFF]];

    /// <summary>Pieces that texts in JSON and YAML stumble over.</summary>
    public static byte[][] Texts { get; } =
    [
        .. Numbers,
        .. new[]
        {
            "[[[[", "1e999", "\\ud800", "\\u0000", "null", "NaN", "\"", "-", "-1", "0", "9223372036854775807", "18446744073709551616", "4294967296", "1e9", "[]", "{}",
            "\"..\"", "../", "\"F64\"", "\"U8\"", "\"BOOL\"", "__metadata__", ",", ":", "}", "]", "\"shape\":[],", "\"dtype\":\"U8\",", "/", " ", "\n", "#", "&a ", "*a", "!!x ", "|",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="content">A file.</param>
    /// <param name="random">What decides.</param>
    /// <param name="dense">Half the damage goes to so many first bytes, where structure is dense; 0 spreads it evenly.</param>
    /// <param name="spite">Pieces to be written into it; null for <see cref="Texts"/>.</param>
    public static byte[] Of(byte[] content, Random random, int dense = 0, byte[][]? spite = null)
    {
        spite ??= Texts;
        var bytes = new List<byte>(content);
        for (int rounds = random.Next(1, 4); rounds > 0 && bytes.Count > 8; rounds--)
        {
            int at = dense == 0 || random.Next(2) == 0 ? random.Next(bytes.Count) : random.Next(Math.Min(bytes.Count, dense));
            int length = random.Next(1, Math.Min(random.Next(4) == 0 ? 64 : 12, bytes.Count - at) + 1);
            byte[] piece = spite[random.Next(spite.Length)];
            switch (random.Next(11))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                case 5: bytes.InsertRange(at, piece); break;
                case 6: Overwrite(bytes, at, piece); break;
                case 7: ReplaceDigit(bytes, at, random); break;
                case 8: Swap(bytes, at, random.Next(bytes.Count), length); break;
                case 9: OverwriteUnit(bytes, at & ~3, random); break;
                case 10:
                    int from = random.Next(2) == 0 ? at : bytes.Count - length;
                    bytes.RemoveRange(from, bytes.Count - from);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] piece)
    {
        for (int i = 0; i < piece.Length && at + i < bytes.Count; i++) bytes[at + i] = piece[i];
    }

    private static void ReplaceDigit(List<byte> bytes, int from, Random random)
    {
        int at = bytes.FindIndex(from, b => char.IsAsciiDigit((char)b));
        if (at >= 0) bytes[at] = (byte)('0' + random.Next(10));
    }

    private static void Swap(List<byte> bytes, int one, int other, int length)
    {
        for (int i = 0; i < length && Math.Max(one, other) + i < bytes.Count; i++) (bytes[one + i], bytes[other + i]) = (bytes[other + i], bytes[one + i]);
    }

    // A whole unit of a charsmap, or half an offset: it points elsewhere.
    private static void OverwriteUnit(List<byte> bytes, int at, Random random)
    {
        var unit = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(unit, (uint)random.NextInt64(1L << 32) >> random.Next(24));
        Overwrite(bytes, at, unit);
    }
}
