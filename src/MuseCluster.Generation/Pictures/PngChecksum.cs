namespace MuseCluster.Generation.Pictures;

/// <summary>The two checksums of PNG: CRC-32 over chunks, Adler-32 over the unpacked image data (RFC 1950).</summary>
internal static class PngChecksum
{
    private const uint AdlerBase = 65521;

    // The most bytes before 32-bit sums can overflow (RFC 1950).
    private const int AdlerRun = 5552;

    private static readonly uint[] CrcTable = BuildCrcTable();

    public static uint Crc(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data) => ~Continue(Continue(0xFFFFFFFF, type), data);

    public static uint Adler(uint adler, ReadOnlySpan<byte> data)
    {
        uint a = adler & 0xFFFF, b = adler >> 16;
        while (!data.IsEmpty)
        {
            var run = data[..Math.Min(AdlerRun, data.Length)];
            data = data[run.Length..];
            foreach (byte value in run)
            {
                a += value;
                b += a;
            }

            a %= AdlerBase;
            b %= AdlerBase;
        }

        return (b << 16) | a;
    }

    private static uint Continue(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] BuildCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
