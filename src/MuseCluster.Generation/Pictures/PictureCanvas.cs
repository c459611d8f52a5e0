namespace MuseCluster.Generation.Pictures;

/// <summary>
/// Draws a new picture. Coordinates are pixels from the top left; whatever lies outside is left out.
/// Not for use by several threads at once.
/// </summary>
public sealed class PictureCanvas
{
    private readonly byte[] _pixels;

    /// <summary>Starts with one colour everywhere.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="color">The colour.</param>
    public PictureCanvas(int width, int height, Rgb color)
    {
        _pixels = new byte[Picture.ByteCount(width, height)];
        Width = width;
        Height = height;
        Fill(0, 0, width, height, color);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The picture as drawn so far; drawing on does not change it.</summary>
    public Picture ToPicture() => new(Width, Height, _pixels.AsSpan().ToArray());

    /// <summary>Fills a rectangle.</summary>
    /// <param name="x">Its left column.</param>
    /// <param name="y">Its top row.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="color">Its colour.</param>
    public void Fill(int x, int y, int width, int height, Rgb color)
    {
        for (int row = Math.Max(y, 0); row < Math.Min(y + height, Height); row++)
        {
            for (int column = Math.Max(x, 0); column < Math.Min(x + width, Width); column++)
                Set(column, row, color);
        }
    }

    /// <summary>Draws a frame just inside a rectangle's edges.</summary>
    /// <param name="x">The rectangle's left column.</param>
    /// <param name="y">The rectangle's top row.</param>
    /// <param name="width">The rectangle's width.</param>
    /// <param name="height">The rectangle's height.</param>
    /// <param name="thickness">The frame's thickness.</param>
    /// <param name="color">The frame's colour.</param>
    public void Frame(int x, int y, int width, int height, int thickness, Rgb color)
    {
        Fill(x, y, width, thickness, color);
        Fill(x, y + height - thickness, width, thickness, color);
        Fill(x, y, thickness, height, color);
        Fill(x + width - thickness, y, thickness, height, color);
    }

    /// <summary>Copies a picture in.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="x">Where its left column goes.</param>
    /// <param name="y">Where its top row goes.</param>
    public void Paste(Picture picture, int x, int y)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int left = Math.Max(x, 0), right = Math.Min(x + picture.Width, Width);
        if (right <= left)
            return;
        for (int row = Math.Max(y, 0); row < Math.Min(y + picture.Height, Height); row++)
        {
            picture.Pixels.Slice((((row - y) * picture.Width) + left - x) * 3, (right - left) * 3)
                .CopyTo(_pixels.AsSpan(((row * Width) + left) * 3));
        }
    }

    /// <summary>Writes a line of text in <see cref="BitmapFont"/>.</summary>
    /// <param name="text">The text; characters beyond ASCII appear as boxes.</param>
    /// <param name="x">The left column of its first letter.</param>
    /// <param name="y">The top row of its capitals.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="scale">The side of one dot of the font, in pixels, at least 1.</param>
    public void Write(string text, int x, int y, Rgb color, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        foreach (char letter in text)
        {
            for (int row = 0; row < BitmapFont.Height; row++)
            {
                for (int column = 0; column < BitmapFont.Width; column++)
                {
                    if (BitmapFont.HasDot(letter, column, row))
                        Fill(x + (column * scale), y + (row * scale), scale, scale, color);
                }
            }

            x += BitmapFont.Advance * scale;
        }
    }

    /// <summary>Draws an anti-aliased line through points, with round joints and ends.</summary>
    /// <param name="points">The points; (0, 0) is the top left corner of the top left pixel.</param>
    /// <param name="color">The line's colour.</param>
    /// <param name="thickness">The line's thickness in pixels, above 0.</param>
    public void DrawLine(IReadOnlyList<(double X, double Y)> points, Rgb color, double thickness = 1)
    {
        ArgumentNullException.ThrowIfNull(points);

        // Coverage is gathered over all segments before it is painted, so that joints are not painted twice.
        var coverage = new Dictionary<int, double>();
        for (int i = 0; i < points.Count; i++)
            Cover(coverage, points[Math.Max(i - 1, 0)], points[i], thickness / 2);

        foreach (var (at, share) in coverage)
        {
            _pixels[3 * at] = Mix(_pixels[3 * at], color.R, share);
            _pixels[(3 * at) + 1] = Mix(_pixels[(3 * at) + 1], color.G, share);
            _pixels[(3 * at) + 2] = Mix(_pixels[(3 * at) + 2], color.B, share);
        }
    }

    private static byte Mix(byte under, byte over, double share) => (byte)(under + (share * (over - under)) + 0.5);

    private void Set(int x, int y, Rgb color)
    {
        int at = ((y * Width) + x) * 3;
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (color.R, color.G, color.B);
    }

    private void Cover(Dictionary<int, double> coverage, (double X, double Y) from, (double X, double Y) to, double radius)
    {
        double dx = to.X - from.X, dy = to.Y - from.Y, squared = (dx * dx) + (dy * dy), reach = radius + 1;
        int left = (int)Math.Clamp(Math.Min(from.X, to.X) - reach, 0, Width), right = (int)Math.Clamp(Math.Max(from.X, to.X) + reach, -1, Width - 1);
        int top = (int)Math.Clamp(Math.Min(from.Y, to.Y) - reach, 0, Height), bottom = (int)Math.Clamp(Math.Max(from.Y, to.Y) + reach, -1, Height - 1);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                double px = x + 0.5 - from.X, py = y + 0.5 - from.Y;
                double along = squared > 0 ? Math.Clamp(((px * dx) + (py * dy)) / squared, 0, 1) : 0;
                double distance = Math.Sqrt(Math.Pow(px - (along * dx), 2) + Math.Pow(py - (along * dy), 2));
                double share = Math.Clamp(radius + 0.5 - distance, 0, 1);
                int at = (y * Width) + x;
                if (share > 0 && share > coverage.GetValueOrDefault(at))
                    coverage[at] = share;
            }
        }
    }
}
