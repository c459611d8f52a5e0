namespace MuseCluster.Generation.Pictures;

/// <summary>
/// Reads and writes PNG files. Source: W3C, "Portable Network Graphics (PNG) Specification (Second Edition)", 2003.
/// </summary>
public static class Png
{
    /// <summary>Writes a picture as 8-bit RGB. Equal input gives equal bytes under one version of .NET.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="texts">Texts to carry: as tEXt where ASCII holds them, otherwise as UTF-8 in iTXt.</param>
    /// <exception cref="ArgumentException">A keyword or text holds what PNG cannot store.</exception>
    public static byte[] Encode(Picture picture, IReadOnlyList<PngText>? texts = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return PngEncoder.Encode(picture, texts ?? []);
    }

    /// <summary>
    /// Reads a file of any colour type and bit depth, interlaced or not. 16-bit samples are rounded to 8. Colour profiles and
    /// gamma are ignored.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="limits">What the file may ask for; <see cref="PngLimits.Default"/> where null.</param>
    /// <exception cref="PngException">The file is malformed or exceeds a limit.</exception>
    public static PngImage Decode(ReadOnlyMemory<byte> file, PngLimits? limits = null) =>
        new PngDecoder(file, limits ?? PngLimits.Default).Decode();
}
