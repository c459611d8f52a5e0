namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// What tells shapes apart, from the coverage of an object's pixels. The ratios do not depend on size or place.
/// Moments are central and divided by the power of the area that makes them scale-free.
/// </summary>
/// <param name="CenterX">The centroid's x, in pixels from the coverage's left edge.</param>
/// <param name="CenterY">The centroid's y, in pixels from the coverage's top edge.</param>
/// <param name="Area">The area, in pixels.</param>
/// <param name="Width">The width, in pixels, to a fraction of one.</param>
/// <param name="Height">The height, in pixels, to a fraction of one.</param>
/// <param name="Fill">Area over bounding box.</param>
/// <param name="Hole">The share of the filled-in area that is a hole.</param>
/// <param name="Spread">The moment of inertia: how far from the centroid the area lies.</param>
/// <param name="Stretch">The inertia along x less that along y; 0 for equal sides.</param>
/// <param name="SkewX">The third moment along x; 0 for mirror images of themselves.</param>
/// <param name="SkewY">The third moment along y; negative for an upright triangle.</param>
/// <param name="Corners">The fourfold moment: negative for upright squares, positive for diamonds and crosses.</param>
internal readonly record struct ShapeFeatures(
    double CenterX, double CenterY, double Area, double Width, double Height,
    double Fill, double Hole, double Spread, double Stretch, double SkewX, double SkewY, double Corners)
{
    /// <summary>Computes the features of a coverage (row, column) in [0, 1] whose outermost pixels are empty.</summary>
    public static ShapeFeatures Of(double[,] coverage)
    {
        int rows = coverage.GetLength(0), columns = coverage.GetLength(1);
        double area = 0, sumX = 0, sumY = 0, width = 0, height = 0;
        var columnPeaks = new double[columns];
        for (int y = 0; y < rows; y++)
        {
            double rowPeak = 0;
            for (int x = 0; x < columns; x++)
            {
                double c = coverage[y, x];
                area += c;
                sumX += c * (x + 0.5);
                sumY += c * (y + 0.5);
                rowPeak = Math.Max(rowPeak, c);
                columnPeaks[x] = Math.Max(columnPeaks[x], c);
            }

            height += rowPeak;
        }

        foreach (double peak in columnPeaks)
            width += peak;

        area = Math.Max(area, 1e-9);
        double centerX = sumX / area, centerY = sumY / area;
        double xx = 0, yy = 0, xxx = 0, yyy = 0, fourfold = 0;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                double c = coverage[y, x];
                double dx = x + 0.5 - centerX, dy = y + 0.5 - centerY, dx2 = dx * dx, dy2 = dy * dy;
                xx += c * dx2;
                yy += c * dy2;
                xxx += c * dx2 * dx;
                yyy += c * dy2 * dy;
                fourfold += c * ((dx2 * dx2) + (dy2 * dy2) - (6 * dx2 * dy2));
            }
        }

        double hole = HoleArea(coverage), squared = area * area, root = Math.Sqrt(area);

        // A pixel is itself a square with inertia: a sixth of a pixel for x and y together.
        return new ShapeFeatures(
            centerX, centerY, area, width, height,
            area / Math.Max(1e-9, width * height),
            hole / (area + hole),
            ((xx + yy) / squared) - (1 / (6 * area)),
            (xx - yy) / squared,
            xxx / (squared * root),
            yyy / (squared * root),
            fourfold / (squared * area));
    }

    /// <summary>The uncovered area that the outside does not reach through pixels covered by less than half.</summary>
    private static double HoleArea(double[,] coverage)
    {
        int rows = coverage.GetLength(0), columns = coverage.GetLength(1);
        var outside = new bool[rows, columns];
        var stack = new Stack<(int Y, int X)>();
        Visit(0, 0);
        while (stack.TryPop(out var at))
        {
            Visit(at.Y - 1, at.X);
            Visit(at.Y + 1, at.X);
            Visit(at.Y, at.X - 1);
            Visit(at.Y, at.X + 1);
        }

        double hole = 0;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                if (!outside[y, x] && coverage[y, x] < 0.5)
                    hole += 1 - coverage[y, x];
            }
        }

        return hole;

        void Visit(int y, int x)
        {
            if (y < 0 || y >= rows || x < 0 || x >= columns || outside[y, x] || coverage[y, x] >= 0.5)
                return;
            outside[y, x] = true;
            stack.Push((y, x));
        }
    }
}
