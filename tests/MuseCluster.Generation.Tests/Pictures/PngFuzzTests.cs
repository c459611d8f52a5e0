using System.Diagnostics;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Tests.Pictures;

public class PngFuzzTests
{
    private static readonly byte[][] Seeds =
    [
        PngFixtures.Rgb8AllFilters, PngFixtures.Rgb8Interlaced, PngFixtures.Rgb16, PngFixtures.Gray1Interlaced, PngFixtures.Gray16Keyed,
        PngFixtures.GrayAlpha8, PngFixtures.Rgba8Interlaced, PngFixtures.Palette4, PngFixtures.Palette2Interlaced, PngFixtures.Texts,
    ];

    [Fact]
    public void Eight_thousand_mutated_files_are_read_or_refused_in_bounded_time_and_memory()
    {
        var random = new Random(20260101);
        var limits = new PngLimits { MaxPixels = 1 << 18, MaxTextBytes = 1 << 16 };
        int read = 0, refused = 0;
        var slowest = TimeSpan.Zero;
        long greediest = 0;

        for (int i = 0; i < 8000; i++)
        {
            byte[] file = Mutate([.. Seeds[i % Seeds.Length]], random);

            // Without right CRCs nearly all damage would be noticed there, and nothing behind them be tested.
            if (i % 4 != 0)
                PngBuilder.FixCrcs(file);

            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                Png.Decode(file, limits);
                read++;
            }
            catch (PngException)
            {
                refused++;
            }

            var took = Stopwatch.GetElapsedTime(start);
            slowest = took > slowest ? took : slowest;
            greediest = Math.Max(greediest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(read, 100, 7900);
        Assert.InRange(refused, 100, 7900);
        Assert.InRange(greediest, 0, 4_000_000);
        Assert.InRange(slowest.TotalSeconds, 0, 2);
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(file.Length);
            switch (random.Next(6))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2:
                    file = file[..Math.Max(1, at)];
                    break;
                case 3:
                    file = [.. file[..at], (byte)random.Next(256), .. file[at..]];
                    break;
                case 4:
                    file = [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(1, 9))..]];
                    break;
                default:
                    // The header's fields deserve more than their share of bytes.
                    if (file.Length > 29)
                        file[16 + random.Next(13)] = (byte)random.Next(random.Next(2) == 0 ? 17 : 256);
                    break;
            }

            if (file.Length == 0)
                return [0];
        }

        return file;
    }
}
