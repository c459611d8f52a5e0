namespace MuseCluster.Generation.Pictures;

/// <summary>A decoded PNG file.</summary>
/// <param name="Picture">The colours, as stored: not blended with the alpha.</param>
/// <param name="Alpha">Height x width bytes, 0 transparent to 255 opaque; null where the file has no transparency.</param>
/// <param name="Texts">Its texts, in file order.</param>
public sealed record PngImage(Picture Picture, byte[]? Alpha, IReadOnlyList<PngText> Texts)
{
    /// <summary>The picture laid over a backdrop wherever it is transparent.</summary>
    /// <param name="backdrop">The colour behind.</param>
    public Picture Over(Rgb backdrop)
    {
        if (Alpha is null)
            return Picture;

        var pixels = Picture.Pixels.ToArray();
        for (int i = 0; i < Alpha.Length; i++)
        {
            int alpha = Alpha[i];
            pixels[3 * i] = Blend(pixels[3 * i], backdrop.R, alpha);
            pixels[(3 * i) + 1] = Blend(pixels[(3 * i) + 1], backdrop.G, alpha);
            pixels[(3 * i) + 2] = Blend(pixels[(3 * i) + 2], backdrop.B, alpha);
        }

        return new Picture(Picture.Width, Picture.Height, pixels);
    }

    private static byte Blend(int over, int under, int alpha) => (byte)(((over * alpha) + (under * (255 - alpha)) + 127) / 255);
}
