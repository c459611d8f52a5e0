namespace MuseCluster.Training.ShapesWorld;

/// <summary>Names the shape whose ideal features are nearest, each feature in units of how much it usually wanders.</summary>
internal static class ShapeClassifier
{
    /// <summary>The squared distance beyond which a large object looks like no shape.</summary>
    private const double Farthest = 8;

    /// <summary>What a half-extent of one pixel would add to it: an edge off by one pixel bends small objects more.</summary>
    private const double FarthestPerPixel = 60;

    private static readonly Shape[] Shapes = Enum.GetValues<Shape>();
    private static readonly ShapeFeatures[] Ideals = [.. Shapes.Select(Ideal)];

    public static Shape? Classify(ShapeFeatures features)
    {
        var (shape, distance) = Nearest(features);
        double halfExtent = (features.Width + features.Height) / 4;
        return distance <= Farthest + (FarthestPerPixel / Math.Max(1, halfExtent)) ? shape : null;
    }

    private static (Shape Shape, double Distance) Nearest(ShapeFeatures features)
    {
        int best = 0;
        double bestDistance = double.PositiveInfinity;
        for (int i = 0; i < Ideals.Length; i++)
        {
            double distance = Distance(features, Ideals[i]);
            if (distance < bestDistance)
                (best, bestDistance) = (i, distance);
        }

        return (Shapes[best], bestDistance);
    }

    // Tolerances grow with the ideal's spread to the power that the moment itself grows with: the same dent moves a ring's
    // moments more than a circle's.
    private static double Distance(ShapeFeatures found, ShapeFeatures ideal)
    {
        double spread = ideal.Spread, skew = 0.07 * spread * Math.Sqrt(spread);
        return Squared(found.Fill - ideal.Fill, 0.08)
            + Squared(found.Hole - ideal.Hole, 0.08)
            + Squared(found.Spread - spread, 0.07 * spread)
            + Squared(found.Stretch - ideal.Stretch, 0.12 * spread)
            + Squared(found.SkewX - ideal.SkewX, skew)
            + Squared(found.SkewY - ideal.SkewY, skew)
            + Squared(found.Corners - ideal.Corners, 0.2 * spread * spread);
    }

    private static double Squared(double difference, double unit) => difference / unit * (difference / unit);

    private static ShapeFeatures Ideal(Shape shape)
    {
        const int Size = 256;
        const double Radius = 120;
        const int Lines = 8;
        var coverage = new double[Size, Size];
        for (int y = 0; y < Size; y++)
        {
            for (int line = 0; line < Lines; line++)
            {
                var span = ShapeSpan.At(shape, Radius, y + ((line + 0.5) / Lines) - (Size / 2));
                for (int x = 0; x < Size; x++)
                {
                    double distance = Math.Abs(x + 0.5 - (Size / 2));
                    if (distance <= span.Outer && distance >= span.Inner)
                        coverage[y, x] += 1.0 / Lines;
                }
            }
        }

        return ShapeFeatures.Of(coverage);
    }
}
