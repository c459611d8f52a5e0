namespace MuseCluster.Generation.Pictures;

/// <summary>Makes pictures from pictures.</summary>
public static class PictureTransforms
{
    /// <summary>Resizes by taking, for each new pixel, the old one under its middle: blocks stay blocks.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The new width in pixels, at least 1.</param>
    /// <param name="height">The new height in pixels, at least 1.</param>
    public static Picture ResizeNearest(this Picture picture, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var from = picture.Pixels;
        var pixels = new byte[Picture.ByteCount(width, height)];
        for (int y = 0; y < height; y++)
        {
            int row = (int)((((2L * y) + 1) * picture.Height) / (2L * height)) * picture.Width;
            for (int x = 0; x < width; x++)
            {
                int column = (int)((((2L * x) + 1) * picture.Width) / (2L * width));
                from.Slice((row + column) * 3, 3).CopyTo(pixels.AsSpan(((y * width) + x) * 3));
            }
        }

        return new Picture(width, height, pixels);
    }

    /// <summary>Resizes by averaging, for each new pixel, the old ones under it, each by the area it shares: for shrinking.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The new width in pixels, at least 1.</param>
    /// <param name="height">The new height in pixels, at least 1.</param>
    public static Picture ResizeBox(this Picture picture, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var pixels = new byte[Picture.ByteCount(width, height)];
        double stepX = (double)picture.Width / width, stepY = (double)picture.Height / height;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                AverageBox(picture, x * stepX, (x + 1) * stepX, y * stepY, (y + 1) * stepY, pixels.AsSpan(((y * width) + x) * 3, 3));
        }

        return new Picture(width, height, pixels);
    }

    /// <summary>Cuts a rectangle out.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="x">The rectangle's left column.</param>
    /// <param name="y">The rectangle's top row.</param>
    /// <param name="width">The rectangle's width in pixels, at least 1.</param>
    /// <param name="height">The rectangle's height in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle does not lie wholly inside the picture.</exception>
    public static Picture Crop(this Picture picture, int x, int y, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, picture.Width - x);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, picture.Height - y);
        var pixels = new byte[Picture.ByteCount(width, height)];
        for (int row = 0; row < height; row++)
            picture.Pixels.Slice((((y + row) * picture.Width) + x) * 3, width * 3).CopyTo(pixels.AsSpan(row * width * 3));
        return new Picture(width, height, pixels);
    }

    private static void AverageBox(Picture picture, double left, double right, double top, double bottom, Span<byte> result)
    {
        var from = picture.Pixels;
        double r = 0, g = 0, b = 0, total = 0;
        for (int y = (int)top; y < picture.Height && y < bottom; y++)
        {
            double high = Math.Min(bottom, y + 1) - Math.Max(top, y);
            for (int x = (int)left; x < picture.Width && x < right; x++)
            {
                double share = high * (Math.Min(right, x + 1) - Math.Max(left, x));
                int at = ((y * picture.Width) + x) * 3;
                r += share * from[at];
                g += share * from[at + 1];
                b += share * from[at + 2];
                total += share;
            }
        }

        result[0] = (byte)((r / total) + 0.5);
        result[1] = (byte)((g / total) + 0.5);
        result[2] = (byte)((b / total) + 0.5);
    }
}
