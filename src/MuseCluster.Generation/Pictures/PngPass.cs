namespace MuseCluster.Generation.Pictures;

/// <summary>
/// One pass over a picture: the pixels from (X, Y) on in steps of (StepX, StepY). Interlaced files (Adam7) make seven,
/// others one.
/// </summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    private static readonly PngPass[] Whole = [new(0, 0, 1, 1)];

    private static readonly PngPass[] Adam7 =
        [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    /// <summary>The passes of a file that hold pixels, in order.</summary>
    public static IEnumerable<PngPass> Of(PngHeader header) =>
        (header.Interlaced ? Adam7 : Whole).Where(pass => pass.Columns(header.Width) > 0 && pass.Rows(header.Height) > 0);

    public int Columns(int width) => (width - X + StepX - 1) / StepX;

    public int Rows(int height) => (height - Y + StepY - 1) / StepY;
}
