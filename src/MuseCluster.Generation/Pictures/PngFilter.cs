namespace MuseCluster.Generation.Pictures;

/// <summary>The five row filters: each replaces a byte by its difference from a prediction out of its neighbours.</summary>
internal static class PngFilter
{
    public const int Count = 5;

    /// <summary>Filters a row.</summary>
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The row's bytes.</param>
    /// <param name="above">The row above, of the same length; zeros for the first.</param>
    /// <param name="step">Bytes per pixel, at least 1.</param>
    /// <param name="filtered">Receives as many bytes as the row has.</param>
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> filtered)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= step ? row[i - step] : 0;
            int corner = i >= step ? above[i - step] : 0;
            filtered[i] = (byte)(row[i] - Predict(filter, left, above[i], corner));
        }
    }

    /// <summary>Takes a filter back, in place.</summary>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        if (filter == 0)
            return;
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= step ? row[i - step] : 0;
            int corner = i >= step ? above[i - step] : 0;
            row[i] = (byte)(row[i] + Predict(filter, left, above[i], corner));
        }
    }

    private static int Predict(int filter, int left, int above, int corner) => filter switch
    {
        1 => left,
        2 => above,
        3 => (left + above) >> 1,
        4 => Paeth(left, above, corner),
        _ => 0,
    };

    private static int Paeth(int left, int above, int corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left), toAbove = Math.Abs(estimate - above), toCorner = Math.Abs(estimate - corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
