using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Tests.Pictures;

public class PngDecodeTests
{
    private static Rgb Pattern(int x, int y) => new((byte)(x * 40), (byte)(y * 40), (byte)(x * y * 7));

    private static Rgb Gray(int level) => new((byte)level, (byte)level, (byte)level);

    private static Rgb Entry(int i) => new((byte)(i * 50), (byte)(255 - (i * 50)), (byte)i);

    private static int Round16(int sample) => (int)Math.Round(sample / 257.0, MidpointRounding.AwayFromZero);

    private static void AssertPixels(PngImage image, int width, int height, Func<int, int, Rgb> expected)
    {
        Assert.Equal((width, height), (image.Picture.Width, image.Picture.Height));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                Assert.True(expected(x, y) == image.Picture[x, y], $"({x}, {y}) is {image.Picture[x, y]}, expected {expected(x, y)}");
        }
    }

    private static void AssertAlpha(PngImage image, Func<int, int, int> expected)
    {
        Assert.NotNull(image.Alpha);
        for (int i = 0; i < image.Alpha.Length; i++)
            Assert.Equal(expected(i % image.Picture.Width, i / image.Picture.Width), image.Alpha[i]);
    }

    [Fact]
    public void Rows_under_each_of_the_five_filters_are_restored()
    {
        var image = Png.Decode(PngFixtures.Rgb8AllFilters);
        AssertPixels(image, 7, 11, Pattern);
        Assert.Null(image.Alpha);
    }

    [Fact]
    public void Interlaced_rgb_in_many_small_IDAT_chunks() => AssertPixels(Png.Decode(PngFixtures.Rgb8Interlaced), 13, 10, Pattern);

    [Fact]
    public void Sixteen_bit_samples_are_rounded_to_the_nearest_byte() =>
        AssertPixels(Png.Decode(PngFixtures.Rgb16), 4, 6, (x, y) =>
            new((byte)Round16(x * 20000), (byte)Round16(y * 12000), (byte)Round16(65535 - (x * y * 3000))));

    [Fact]
    public void Small_gray_depths_span_black_to_white()
    {
        AssertPixels(Png.Decode(PngFixtures.Gray1Interlaced), 9, 9, (x, y) => Gray(((x * y) + x) % 2 * 255));
        AssertPixels(Png.Decode(PngFixtures.Gray2), 5, 3, (x, y) => Gray((x + y) % 4 * 85));
        AssertPixels(Png.Decode(PngFixtures.Gray4), 7, 5, (x, y) => Gray(((3 * x) + (5 * y)) % 16 * 17));
    }

    [Fact]
    public void A_transparent_gray_is_compared_in_all_sixteen_bits()
    {
        var image = Png.Decode(PngFixtures.Gray16Keyed);
        AssertPixels(image, 4, 4, (x, y) => Gray(Round16((x * 16000) + y)));
        AssertAlpha(image, (x, y) => x == 1 && y == 2 ? 0 : 255);
    }

    [Fact]
    public void Alpha_channels_are_kept_beside_the_colours()
    {
        var image = Png.Decode(PngFixtures.GrayAlpha8);
        AssertPixels(image, 5, 4, (x, y) => Gray(x * 50));
        AssertAlpha(image, (x, y) => y * 80);

        image = Png.Decode(PngFixtures.GrayAlpha16);
        AssertPixels(image, 3, 3, (x, y) => Gray(Round16(x * 30000)));
        AssertAlpha(image, (x, y) => Round16(y * 30000));

        image = Png.Decode(PngFixtures.Rgba8Interlaced);
        AssertPixels(image, 8, 8, Pattern);
        AssertAlpha(image, (x, y) => (x * 30) + y);
    }

    [Fact]
    public void Palettes_of_all_depths_with_and_without_alpha()
    {
        var image = Png.Decode(PngFixtures.Palette4);
        AssertPixels(image, 5, 4, (x, y) => Entry((x + (2 * y)) % 6));
        AssertAlpha(image, (x, y) => ((x + (2 * y)) % 6) switch { 0 => 0, 1 => 128, _ => 255 });

        AssertPixels(Png.Decode(PngFixtures.Palette2Interlaced), 6, 5, (x, y) => Entry((x + y) % 4));
        AssertPixels(Png.Decode(PngFixtures.Palette8), 3, 3, (x, y) => Entry(x * y % 6));
    }

    [Fact]
    public void Texts_of_all_three_chunk_types_are_read_and_unknown_ancillary_chunks_skipped() =>
        Assert.Equal(
            [new("Title", "café"), new("Comment", string.Concat(Enumerable.Repeat("long ", 50))), new("Prompt", "ein Bär 🐻"), new("Plain", "日本")],
            Png.Decode(PngFixtures.Texts).Texts);

    [Fact]
    public void Transparent_pixels_show_the_backdrop()
    {
        var image = new PngImage(Picture.Solid(3, 1, new(200, 100, 0)), [0, 128, 255], []);
        var over = image.Over(new(0, 0, 100));
        Assert.Equal([new(0, 0, 100), new(100, 50, 50), new(200, 100, 0)], [over[0, 0], over[1, 0], over[2, 0]]);
    }
}
