using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>The RGB values of the palette and who may wear which colour.</summary>
public static class Palette
{
    private static readonly Rgb[] Values =
    [
        new(214, 39, 40), new(255, 127, 14), new(247, 220, 60), new(44, 160, 44), new(31, 90, 200),
        new(148, 60, 189), new(250, 250, 250), new(20, 20, 20), new(128, 128, 128),
    ];

    /// <summary>Every colour, in the order of the enumeration.</summary>
    public static IReadOnlyList<PaletteColor> All { get; } = Enum.GetValues<PaletteColor>();

    /// <summary>The colours of objects: all but gray.</summary>
    public static IReadOnlyList<PaletteColor> ObjectColors { get; } = [.. All.Where(color => color != PaletteColor.Gray)];

    /// <summary>The backgrounds that a caption may leave out: white, gray and black.</summary>
    public static IReadOnlyList<PaletteColor> PlainBackgrounds { get; } = [PaletteColor.White, PaletteColor.Gray, PaletteColor.Black];

    /// <summary>A colour's RGB value.</summary>
    /// <param name="color">The colour.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a colour of the palette.</exception>
    public static Rgb Rgb(this PaletteColor color) =>
        (uint)color < (uint)Values.Length ? Values[(int)color] : throw new ArgumentOutOfRangeException(nameof(color), color, "Not a colour of the palette.");

    /// <summary>The palette colour nearest to a pixel by Euclidean distance in RGB; the earlier one on a tie.</summary>
    /// <param name="pixel">The pixel.</param>
    public static PaletteColor Nearest(Rgb pixel)
    {
        int best = 0, bestDistance = int.MaxValue;
        for (int i = 0; i < Values.Length; i++)
        {
            int distance = Values[i].DistanceSquared(pixel);
            if (distance < bestDistance)
                (best, bestDistance) = (i, distance);
        }

        return (PaletteColor)best;
    }
}
