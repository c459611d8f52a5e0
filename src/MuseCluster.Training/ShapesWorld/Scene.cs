namespace MuseCluster.Training.ShapesWorld;

/// <summary>One object of a scene. Lengths are fractions of the canvas; y grows downwards.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Color">Its colour.</param>
/// <param name="X">The x of its bounding box's centre.</param>
/// <param name="Y">The y of its bounding box's centre.</param>
/// <param name="HalfExtent">Half the side of its bounding box.</param>
public readonly record struct SceneObject(Shape Shape, PaletteColor Color, double X, double Y, double HalfExtent)
{
    /// <summary>
    /// The free space between two bounding boxes, as a fraction of the canvas: the greater of the gaps along
    /// x and y, negative where the boxes overlap.
    /// </summary>
    /// <param name="other">The other object.</param>
    public double GapTo(SceneObject other) =>
        Math.Max(Math.Abs(X - other.X), Math.Abs(Y - other.Y)) - HalfExtent - other.HalfExtent;
}

/// <summary>A scene: what is drawn, whatever the resolution.</summary>
/// <param name="Objects">The objects, in the order in which the caption names them.</param>
/// <param name="Background">The colour behind them.</param>
public sealed record Scene(IReadOnlyList<SceneObject> Objects, PaletteColor Background)
{
    /// <summary>The same objects, each in another colour: equal colours stay equal, different ones different.</summary>
    /// <param name="random">Where the colours come from.</param>
    internal Scene Recolor(ref SceneRandom random)
    {
        var colors = new Dictionary<PaletteColor, PaletteColor>();
        foreach (var old in Objects.Select(item => item.Color).Distinct())
        {
            List<PaletteColor> free = [.. Palette.ObjectColors.Where(c => c != old && c != Background && !colors.ContainsValue(c))];
            colors[old] = random.Pick(free);
        }
        return this with { Objects = [.. Objects.Select(item => item with { Color = colors[item.Color] })] };
    }
}

/// <summary>A scene with the caption it was made from.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Caption">Its caption.</param>
public sealed record CaptionedScene(Scene Scene, Caption Caption);
