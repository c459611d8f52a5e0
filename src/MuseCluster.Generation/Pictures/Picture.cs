namespace MuseCluster.Generation.Pictures;

/// <summary>
/// A picture of 24-bit RGB pixels: rows from the top, pixels from the left, three bytes per pixel.
/// It does not change once made; <see cref="PictureCanvas"/> draws new ones.
/// </summary>
public sealed class Picture
{
    private readonly byte[] _pixels;

    /// <summary>Wraps pixels, which the picture owns from then on.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels">Exactly width x height x 3 bytes, not to be changed by the caller afterwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    /// <exception cref="ArgumentException">The number of bytes does not fit the sides.</exception>
    public Picture(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        long length = ByteCount(width, height);
        if (pixels.Length != length)
            throw new ArgumentException($"A {width}x{height} picture has {length} bytes, not {pixels.Length}.", nameof(pixels));

        Width = width;
        Height = height;
        _pixels = pixels;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The bytes, height x width x 3.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>The bytes, height x width x 3, as memory that asynchronous callers can hold.</summary>
    public ReadOnlyMemory<byte> Memory => _pixels;

    /// <summary>The pixel at a place.</summary>
    /// <param name="x">Column, 0 at the left.</param>
    /// <param name="y">Row, 0 at the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">The place is outside the picture.</exception>
    public Rgb this[int x, int y]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width, nameof(x));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
            int at = ((y * Width) + x) * 3;
            return new Rgb(_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
    }

    /// <summary>A picture of one colour.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="color">The colour of every pixel.</param>
    public static Picture Solid(int width, int height, Rgb color)
    {
        var pixels = new byte[ByteCount(width, height)];
        for (int at = 0; at < pixels.Length; at += 3)
        {
            pixels[at] = color.R;
            pixels[at + 1] = color.G;
            pixels[at + 2] = color.B;
        }

        return new Picture(width, height, pixels);
    }

    /// <summary>Whether both pictures have the same sides and bytes.</summary>
    /// <param name="other">The picture to compare with.</param>
    public bool SamePixels(Picture other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Width == other.Width && Height == other.Height && Pixels.SequenceEqual(other.Pixels);
    }

    internal static long ByteCount(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long bytes = (long)width * height * 3;
        return bytes <= Array.MaxLength
            ? bytes
            : throw new ArgumentOutOfRangeException(nameof(width), $"A {width}x{height} picture does not fit one array.");
    }
}
