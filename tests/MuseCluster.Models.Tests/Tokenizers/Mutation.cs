using System.Buffers.Binary;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Damage as files suffer it, by chance or on purpose: bits, bytes, lengths, cuts, copies.</summary>
internal static class Mutation
{
    private static readonly byte[][] Spiteful =
        [[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x00], [0x7F], [0x80], [0xFF], [.. "[[[["u8], [.. "1e999"u8], [.. "\\ud800"u8], [.. "null"u8], [.. "\""u8], [.. "-"u8]];

    public static byte[] Of(byte[] content, Random random)
    {
        var bytes = new List<byte>(content);
        for (var rounds = random.Next(1, 5); rounds > 0 && bytes.Count > 8; rounds--)
        {
            // Half the damage goes to the first bytes, where structure is dense.
            var at = random.Next(2) == 0 ? random.Next(bytes.Count) : random.Next(Math.Min(bytes.Count, 400));
            var length = random.Next(1, Math.Min(64, bytes.Count - at + 1));
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Spiteful[random.Next(Spiteful.Length)]);
                    break;
                case 5:
                    var spite = Spiteful[random.Next(Spiteful.Length)];
                    for (var i = 0; i < spite.Length && at + i < bytes.Count; i++)
                        bytes[at + i] = spite[i];
                    break;
                case 6:
                    bytes.RemoveRange(random.Next(bytes.Count * 3 / 4, bytes.Count), 1);
                    if (random.Next(3) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    // A whole unit of a charsmap: offsets that point elsewhere.
                    var unit = new byte[4];
                    BinaryPrimitives.WriteUInt32LittleEndian(unit, (uint)random.NextInt64(1L << 32) >> random.Next(24));
                    for (var i = 0; i < 4 && (at & ~3) + i < bytes.Count; i++)
                        bytes[(at & ~3) + i] = unit[i];
                    break;
            }
        }

        return [.. bytes];
    }
}
