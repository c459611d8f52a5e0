using System.Collections.Frozen;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>The (colour, shape) pairs that no training caption holds, kept to measure composition.</summary>
public static class HeldOut
{
    private static readonly FrozenSet<(PaletteColor, Shape)> Set =
        new (PaletteColor, Shape)[]
        {
            (PaletteColor.Red, Shape.Ring),
            (PaletteColor.Blue, Shape.Cross),
            (PaletteColor.Green, Shape.Diamond),
            (PaletteColor.Yellow, Shape.Triangle),
            (PaletteColor.Purple, Shape.Square),
            (PaletteColor.Orange, Shape.Circle),
            (PaletteColor.White, Shape.Cross),
            (PaletteColor.Black, Shape.Ring),
        }.ToFrozenSet();

    /// <summary>Every pair that an object can be: 8 colours by 6 shapes.</summary>
    public static IReadOnlyList<(PaletteColor Color, Shape Shape)> AllPairs { get; } =
        [.. Palette.ObjectColors.SelectMany(color => Enum.GetValues<Shape>().Select(shape => (color, shape)))];

    /// <summary>The 8 pairs held out of training.</summary>
    public static IReadOnlyList<(PaletteColor Color, Shape Shape)> Pairs { get; } = [.. AllPairs.Where(pair => Set.Contains(pair))];

    /// <summary>The 40 pairs that training shows.</summary>
    public static IReadOnlyList<(PaletteColor Color, Shape Shape)> SeenPairs { get; } = [.. AllPairs.Where(pair => !Set.Contains(pair))];

    /// <summary>Whether a pair is held out.</summary>
    /// <param name="color">The object's colour.</param>
    /// <param name="shape">The object's shape.</param>
    public static bool Contains(PaletteColor color, Shape shape) => Set.Contains((color, shape));

    /// <summary>Whether any object of a caption is of a held-out pair.</summary>
    /// <param name="caption">The caption.</param>
    public static bool Touches(Caption caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return caption.Objects.Any(claim => Contains(claim.Color, claim.Shape));
    }
}
