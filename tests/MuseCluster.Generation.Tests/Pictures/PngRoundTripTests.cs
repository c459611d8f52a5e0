using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Tests.Pictures;

public class PngRoundTripTests
{
    private static Picture Noise(int seed, int width, int height, int levels)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(random.Next(levels) * 255 / Math.Max(1, levels - 1));
        return new Picture(width, height, pixels);
    }

    [Fact]
    public void Any_picture_comes_back_as_it_was() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var picture = Noise(seed, random.Next(1, 50), random.Next(1, 50), random.Next(1, 257));
            var image = Png.Decode(Png.Encode(picture));
            return image.Picture.SamePixels(picture) && image.Alpha is null && image.Texts.Count == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Texts_come_back_in_order_and_in_any_script()
    {
        PngText[] texts = [new("Title", "plain"), new("Prompt", "ein Bär 漢字 🐻"), new("Comment", ""), new("Prompt", "twice\nover two lines")];
        Assert.Equal(texts, Png.Decode(Png.Encode(Picture.Solid(2, 2, default), texts)).Texts);
    }

    [Fact]
    public void Ascii_is_stored_as_tEXt_and_all_else_as_iTXt()
    {
        byte[] file = Png.Encode(Picture.Solid(1, 1, default), [new("A", "plain"), new("B", "é")]);
        Assert.True(file.AsSpan().IndexOf("tEXtA\0plain"u8) > 0);
        Assert.True(file.AsSpan().IndexOf("iTXtB\0\0\0\0\0é"u8) > 0);
    }

    [Fact]
    public void Equal_pictures_give_equal_bytes()
    {
        PngText[] texts = [new("Prompt", "a red circle")];
        Assert.Equal(Png.Encode(Noise(3, 64, 48, 7), texts), Png.Encode(Noise(3, 64, 48, 7), texts));
    }

    [Fact]
    public void Filters_make_gradients_small()
    {
        var pixels = new byte[256 * 256 * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((i / 3 % 256) + (i / 768));
        Assert.InRange(Png.Encode(new Picture(256, 256, pixels)).Length, 100, 3000);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" led")]
    [InlineData("trailed ")]
    [InlineData("two  spaces")]
    [InlineData("line\nbreak")]
    [InlineData("漢")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public void Keywords_that_PNG_forbids_are_refused(string keyword) =>
        Assert.Throws<ArgumentException>(() => Png.Encode(Picture.Solid(1, 1, default), [new(keyword, "x")]));

    [Fact]
    public void Texts_that_PNG_cannot_store_are_refused()
    {
        // Not as InlineData: an attribute's strings are UTF-8, which loses half a surrogate before the test starts.
        foreach (string text in new[] { "NUL \0 inside", "half a surrogate \ud83d" })
            Assert.ThrowsAny<ArgumentException>(() => Png.Encode(Picture.Solid(1, 1, default), [new("Comment", text)]));
    }
}
