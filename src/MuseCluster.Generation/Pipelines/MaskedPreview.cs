using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Pipelines;

/// <summary>Hides the cells of a preview whose tokens are not known yet.</summary>
internal static class MaskedPreview
{
    private const byte Gray = 96;

    /// <summary>Covers cells with gray.</summary>
    /// <param name="picture">The decoded picture.</param>
    /// <param name="unknown">Which tokens are unknown, row-major.</param>
    /// <param name="width">Tokens from left to right.</param>
    internal static Picture Cover(Picture picture, bool[] unknown, int width)
    {
        var pixels = picture.Pixels.ToArray();
        var cell = picture.Width / width;
        for (var y = 0; y < picture.Height; y++)
            for (var x = 0; x < width; x++)
                if (unknown[(y / cell * width) + x])
                    pixels.AsSpan(((y * picture.Width) + (x * cell)) * 3, cell * 3).Fill(Gray);
        return new Picture(picture.Width, picture.Height, pixels);
    }
}
