using System.Text;
using MuseCluster.Generation.Pictures;
using static MuseCluster.Generation.Tests.Pictures.PngBuilder;

namespace MuseCluster.Generation.Tests.Pictures;

public class PngMalformedTests
{
    private static readonly byte[] OneRgbPixel = Zlib([0, 1, 2, 3]);

    private static PngBuilder Start(byte[]? header = null) => new PngBuilder().Chunk("IHDR", header ?? Header(1, 1));

    private static PngException Refused(byte[] file, PngLimits? limits = null) =>
        Assert.Throws<PngException>(() => Png.Decode(file, limits));

    private static void AssertRefused(PngBuilder file, string chunk, string problem)
    {
        var refused = Refused(file.Bytes());
        Assert.Equal(chunk, refused.Chunk);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(refused, exactMatch: false);
    }

    [Fact]
    public void The_smallest_right_file_is_read()
    {
        var image = Png.Decode(Start().Chunk("IDAT", OneRgbPixel).Chunk("IEND").Bytes());
        Assert.Equal(new Rgb(1, 2, 3), image.Picture[0, 0]);
    }

    [Theory]
    [InlineData(0, 1, 8, 2, 0, 0, 0, "width is 0; expected 1 to 8192")]
    [InlineData(1, -1, 8, 2, 0, 0, 0, "height is 4294967295; expected 1 to 8192")]
    [InlineData(8192, 8192, 8, 2, 0, 0, 0, "width x height is 67108864; expected at most 16777216")]
    [InlineData(1, 1, 3, 0, 0, 0, 0, "bit depth is 3; expected 1, 2, 4, 8 or 16 for color type 0")]
    [InlineData(1, 1, 16, 3, 0, 0, 0, "bit depth is 16; expected 1, 2, 4 or 8 for color type 3")]
    [InlineData(1, 1, 4, 2, 0, 0, 0, "bit depth is 4; expected 8 or 16 for color type 2")]
    [InlineData(1, 1, 8, 5, 0, 0, 0, "color type is 5; expected 0, 2, 3, 4 or 6")]
    [InlineData(1, 1, 8, 2, 1, 0, 0, "compression method is 1; expected 0")]
    [InlineData(1, 1, 8, 2, 0, 2, 0, "filter method is 2; expected 0")]
    [InlineData(1, 1, 8, 2, 0, 0, 2, "interlace method is 2; expected 0 or 1")]
    public void Headers_out_of_range_name_the_field(
        int width, int height, byte depth, byte type, byte compression, byte filter, byte interlace, string problem) =>
        AssertRefused(Start(Header(width, height, depth, type, compression, filter, interlace)).Chunk("IDAT", OneRgbPixel).Chunk("IEND"), "IHDR", problem);

    [Fact]
    public void Chunks_must_stand_in_their_order()
    {
        AssertRefused(new PngBuilder().Chunk("IDAT", OneRgbPixel), "IDAT", "expected IHDR");
        AssertRefused(Start().Chunk("IHDR", Header(1, 1)), "IHDR", "twice");
        AssertRefused(Start().Chunk("IEND"), "IDAT", "missing");
        AssertRefused(Start().Chunk("IDAT", OneRgbPixel), "file", "up to IEND");
        AssertRefused(Start().Chunk("IDAT", OneRgbPixel).Chunk("IEND", 1), "IEND", "length is 1; expected 0");
        AssertRefused(Start().Chunk("IDAT", OneRgbPixel[..4]).Chunk("tIME").Chunk("IDAT", OneRgbPixel[4..]), "IDAT", "follows tIME");
        AssertRefused(Start().Chunk("IDAT", OneRgbPixel).Chunk("PLTE", 1, 2, 3), "PLTE", "follows IDAT");
        AssertRefused(Start().Chunk("ABCD"), "ABCD", "critical");
        AssertRefused(Start().Chunk("A1CD"), "file", "0x31; expected four letters");
    }

    [Fact]
    public void Palettes_and_transparency_must_fit_the_color_type()
    {
        var palette = Header(1, 1, depth: 1, type: 3);
        AssertRefused(Start(palette).Chunk("IDAT", Zlib([0, 0])).Chunk("IEND"), "PLTE", "missing");
        AssertRefused(Start(palette).Chunk("PLTE", new byte[9]), "PLTE", "1 to 2 entries");
        AssertRefused(Start(palette).Chunk("PLTE", 1, 2), "PLTE", "length is 2");
        AssertRefused(Start(palette).Chunk("tRNS", 1), "tRNS", "precedes PLTE");
        AssertRefused(Start(palette).Chunk("PLTE", 1, 2, 3).Chunk("tRNS", 1, 2), "tRNS", "at most the palette's 1");
        AssertRefused(Start(palette).Chunk("PLTE", 1, 2, 3).Chunk("IDAT", Zlib([0, 0x80])).Chunk("IEND"), "IDAT", "palette index is 1; expected 0 to 0");
        AssertRefused(Start(Header(1, 1, 8, 0)).Chunk("PLTE", 1, 2, 3), "PLTE", "has no palette");
        AssertRefused(Start(Header(1, 1, 8, 6)).Chunk("tRNS", 1, 2), "tRNS", "alpha already");
        AssertRefused(Start().Chunk("tRNS", 1, 2), "tRNS", "length is 2; expected 6");
    }

    [Fact]
    public void Image_data_must_be_whole_and_checked()
    {
        AssertRefused(Start().Chunk("IDAT", 1, 2, 3, 4, 5, 6).Chunk("IEND"), "IDAT", "zlib");
        AssertRefused(Start().Chunk("IDAT", Zlib([0, 1, 2])).Chunk("IEND"), "IDAT", "ends in row 0 of 1");
        AssertRefused(Start().Chunk("IDAT", Zlib([0, 1, 2, 3, 4])).Chunk("IEND"), "IDAT", "behind the last row");
        AssertRefused(Start().Chunk("IDAT", Zlib([5, 1, 2, 3])).Chunk("IEND"), "IDAT", "filter 5; expected 0 to 4");
        AssertRefused(Start().Chunk("IDAT", OneRgbPixel[..^4]).Chunk("IEND"), "IDAT", "Adler-32");

        byte[] wrongSum = [.. OneRgbPixel];
        wrongSum[^1] ^= 1;
        AssertRefused(Start().Chunk("IDAT", wrongSum).Chunk("IEND"), "IDAT", "");
    }

    [Fact]
    public void Damage_is_noticed_by_the_CRC()
    {
        byte[] file = Start().Chunk("IDAT", OneRgbPixel).Chunk("IEND").Bytes();
        file[20] ^= 1;
        Assert.Contains("CRC is", Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunk_longer_than_the_file_is_refused()
    {
        byte[] file = Start().Chunk("IDAT", OneRgbPixel).Bytes();
        file[33] = 0x7F;
        var refused = Refused(file);
        Assert.Equal("IDAT", refused.Chunk);
        Assert.Contains("bytes are left", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_must_have_their_fields()
    {
        AssertRefused(Start().Chunk("tEXt", "NoEnd"u8.ToArray()), "tEXt", "keyword does not end");
        AssertRefused(Start().Chunk("tEXt", 0, 65), "tEXt", "keyword is not");
        AssertRefused(Start().Chunk("zTXt", 65, 0), "zTXt", "compression method");
        AssertRefused(Start().Chunk("zTXt", 65, 0, 1), "zTXt", "compression method is 1");
        AssertRefused(Start().Chunk("zTXt", 65, 0, 0, 9, 9, 9), "zTXt", "zlib");
        AssertRefused(Start().Chunk("iTXt", 65, 0, 2, 0, 0, 0), "iTXt", "compression flag is 2");
        AssertRefused(Start().Chunk("iTXt", 65, 0, 0, 0, 0), "iTXt", "translated keyword");
        AssertRefused(Start().Chunk("iTXt", 65, 0, 0, 0, 0, 0, 0xFF), "iTXt", "UTF-8");
    }

    [Fact]
    public void A_text_that_swells_beyond_the_limit_is_refused_without_its_memory()
    {
        byte[] bomb = Start().Chunk("zTXt", [65, 0, 0, .. Zlib(new byte[200_000_000])]).Bytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("texts exceed 1048576 bytes", Refused(bomb).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    [Fact]
    public void All_texts_share_one_limit()
    {
        var file = Start();
        for (int i = 0; i < 3; i++)
            file.Chunk("tEXt", [65, 0, .. Encoding.ASCII.GetBytes(new string('x', 40))]);
        Assert.Equal("tEXt", Refused(file.Bytes(), new PngLimits { MaxTextBytes = 100 }).Chunk);
    }

    [Fact]
    public void Great_sides_without_the_data_for_them_take_no_memory()
    {
        byte[] liar = Start(Header(4096, 4096)).Chunk("IDAT", OneRgbPixel).Chunk("IEND").Bytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("cannot hold the 50335744 of a 4096x4096 picture", Refused(liar).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0089PNG")]
    [InlineData("GIF89a and more bytes")]
    public void Other_files_are_refused_by_their_first_bytes(string file) =>
        Assert.Equal("signature", Refused(Encoding.Latin1.GetBytes(file)).Chunk);
}
