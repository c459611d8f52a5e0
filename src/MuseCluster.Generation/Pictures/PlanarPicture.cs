using MuseCluster.Models.Networks;

namespace MuseCluster.Generation.Pictures;

/// <summary>
/// Pictures as networks hold them: three planes (channel, row, column) of floats; as this project's own do, -1 for byte 0 and 1 for
/// byte 255.
/// </summary>
public static class PlanarPicture
{
    private static readonly float[] FromByte = BuildTable();

    /// <summary>The float that stands for a byte: value / 127.5 - 1.</summary>
    /// <param name="value">The channel's byte.</param>
    public static float ToFloat(byte value) => FromByte[value];

    /// <summary>The byte nearest to a float; values outside [-1, 1] clamp and NaN becomes 0.</summary>
    /// <param name="value">The channel's float.</param>
    public static byte ToByte(float value)
    {
        float level = (value + 1f) * 127.5f;
        return level >= 255f ? (byte)255 : level > 0f ? (byte)(level + 0.5f) : (byte)0;
    }

    /// <summary>The byte of a float in a family's range; values outside it clamp and NaN becomes 0.</summary>
    /// <param name="value">The channel's float.</param>
    /// <param name="range">The range.</param>
    public static byte ToByte(float value, PixelRange range) => range switch
    {
        PixelRange.Symmetric => ToByte(value),
        // NumPy's round, as references call it, takes halves to the even byte.
        PixelRange.Unit => value >= 1f ? (byte)255 : value > 0f ? (byte)MathF.Round(value * 255f) : (byte)0,
        PixelRange.UnitTruncated => value >= 1f ? (byte)255 : value > 0f ? (byte)(value * 255f) : (byte)0,
        _ => throw new ArgumentOutOfRangeException(nameof(range), range, "is no range"),
    };

    /// <summary>Writes a picture as planes.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="planes">Receives 3 x height x width floats.</param>
    /// <param name="range">What floats stand for its bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="planes"/> has another length.</exception>
    public static void Write(Picture picture, Span<float> planes, PixelRange range)
    {
        Write(picture, planes);
        if (range != PixelRange.Symmetric)
            foreach (ref float value in planes)
                value = MathF.Round((value + 1f) * 127.5f) / 255f;
    }

    /// <summary>Writes a picture as planes.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="planes">Receives 3 x height x width floats in [-1, 1].</param>
    /// <exception cref="ArgumentException"><paramref name="planes"/> has another length.</exception>
    public static void Write(Picture picture, Span<float> planes)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int area = picture.Width * picture.Height;
        if (planes.Length != area * 3)
            throw new ArgumentException($"A {picture.Width}x{picture.Height} picture has {area * 3} floats, not {planes.Length}.", nameof(planes));

        var pixels = picture.Pixels;
        for (int i = 0; i < area; i++)
        {
            planes[i] = FromByte[pixels[3 * i]];
            planes[area + i] = FromByte[pixels[(3 * i) + 1]];
            planes[(2 * area) + i] = FromByte[pixels[(3 * i) + 2]];
        }
    }

    /// <summary>Reads planes into a picture, rounding to the nearest byte and clamping what lies outside the range.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="planes">3 x height x width floats.</param>
    /// <param name="range">What bytes they stand for. Default <see cref="PixelRange.Symmetric"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="planes"/> has another length.</exception>
    public static Picture Read(int width, int height, ReadOnlySpan<float> planes, PixelRange range = PixelRange.Symmetric)
    {
        var pixels = new byte[Picture.ByteCount(width, height)];
        if (planes.Length != pixels.Length)
            throw new ArgumentException($"A {width}x{height} picture has {pixels.Length} floats, not {planes.Length}.", nameof(planes));

        int area = width * height;
        for (int i = 0; i < area; i++)
        {
            pixels[3 * i] = ToByte(planes[i], range);
            pixels[(3 * i) + 1] = ToByte(planes[area + i], range);
            pixels[(3 * i) + 2] = ToByte(planes[(2 * area) + i], range);
        }

        return new Picture(width, height, pixels);
    }

    private static float[] BuildTable()
    {
        var table = new float[256];
        for (int i = 0; i < table.Length; i++)
            table[i] = (i / 127.5f) - 1f;
        return table;
    }
}
