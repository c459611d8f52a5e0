namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// The horizontal extent of a shape on one scan line: the shape covers the points at a distance between
/// <paramref name="Inner"/> and <paramref name="Outer"/> to both sides of its axis.
/// </summary>
/// <param name="Outer">Where the shape ends; negative where the line misses it.</param>
/// <param name="Inner">Where a ring's hole ends; 0 without a hole.</param>
internal readonly record struct ShapeSpan(double Outer, double Inner)
{
    /// <summary>Inner over outer radius of a ring.</summary>
    public const double RingHole = 0.55;

    /// <summary>Half the width of a cross's bars, in half-extents.</summary>
    public const double CrossArm = 0.35;

    /// <summary>The span of a shape at a height.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="r">Its half-extent, in any unit.</param>
    /// <param name="dy">The line's distance below the centre, in the same unit.</param>
    public static ShapeSpan At(Shape shape, double r, double dy)
    {
        double height = Math.Abs(dy);
        if (height > r)
            return new ShapeSpan(-1, 0);

        return shape switch
        {
            Shape.Circle => new ShapeSpan(Chord(r, dy), 0),
            Shape.Square => new ShapeSpan(r, 0),
            Shape.Triangle => new ShapeSpan((dy + r) * 0.5, 0),
            Shape.Diamond => new ShapeSpan(r - height, 0),
            Shape.Ring => new ShapeSpan(Chord(r, dy), height < RingHole * r ? Chord(RingHole * r, dy) : 0),
            Shape.Cross => new ShapeSpan(height <= CrossArm * r ? r : CrossArm * r, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "Not a shape of the shapes world."),
        };
    }

    private static double Chord(double r, double dy) => Math.Sqrt(Math.Max(0, (r * r) - (dy * dy)));
}
