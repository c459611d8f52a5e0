using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Tests.Pictures;

public class PictureTests
{
    private static readonly Picture Quarters = new(2, 2, [255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 100, 50]);

    [Fact]
    public void Pixels_are_read_by_column_and_row()
    {
        Assert.Equal(new Rgb(0, 255, 0), Quarters[1, 0]);
        Assert.Equal(new Rgb(0, 0, 255), Quarters[0, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Quarters[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Quarters[0, -1]);
    }

    [Fact]
    public void Bytes_must_fit_the_sides()
    {
        Assert.Contains("2x2 picture has 12 bytes, not 11", Assert.Throws<ArgumentException>(() => new Picture(2, 2, new byte[11])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Picture(0, 2, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Picture.Solid(65536, 65536, default));
    }

    [Fact]
    public void Nearest_enlarges_to_blocks_and_shrinks_to_middles()
    {
        var large = Quarters.ResizeNearest(6, 4);
        Assert.Equal(new Rgb(255, 0, 0), large[2, 1]);
        Assert.Equal(new Rgb(0, 255, 0), large[3, 1]);
        Assert.Equal(new Rgb(200, 100, 50), large[3, 2]);
        Assert.True(large.ResizeNearest(2, 2).SamePixels(Quarters));
    }

    [Fact]
    public void Box_averages_by_shared_area()
    {
        Assert.Equal(new Rgb(114, 89, 76), Quarters.ResizeBox(1, 1)[0, 0]);

        var row = new Picture(3, 1, [0, 0, 0, 90, 90, 90, 240, 240, 240]);
        var half = row.ResizeBox(2, 1);
        Assert.Equal((byte)30, half[0, 0].R);
        Assert.Equal((byte)190, half[1, 0].R);
    }

    [Fact]
    public void Crop_keeps_a_rectangle_that_lies_inside()
    {
        Assert.Equal(new Rgb(200, 100, 50), Quarters.Crop(1, 1, 1, 1)[0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Quarters.Crop(1, 0, 2, 1));
    }

    [Fact]
    public void Planes_hold_each_channel_from_minus_one_to_one()
    {
        var planes = new float[12];
        PlanarPicture.Write(Quarters, planes);
        Assert.Equal([1f, -1f, -1f, (200 / 127.5f) - 1f], planes[..4]);
        Assert.True(PlanarPicture.Read(2, 2, planes).SamePixels(Quarters));
    }

    [Fact]
    public void Every_byte_survives_as_float_and_floats_out_of_range_clamp()
    {
        for (int value = 0; value < 256; value++)
            Assert.Equal((byte)value, PlanarPicture.ToByte(PlanarPicture.ToFloat((byte)value)));
        Assert.Equal((byte)0, PlanarPicture.ToByte(-7));
        Assert.Equal((byte)255, PlanarPicture.ToByte(1.5f));
        Assert.Equal((byte)0, PlanarPicture.ToByte(float.NaN));
        Assert.Equal((byte)255, PlanarPicture.ToByte(float.PositiveInfinity));
    }
}
