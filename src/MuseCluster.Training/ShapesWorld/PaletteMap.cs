using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>A colour averaged over pixels, in byte levels.</summary>
internal readonly record struct MeanColor(double R, double G, double B);

/// <summary>A picture with the nearest palette colour of each of its pixels.</summary>
internal sealed class PaletteMap
{
    private readonly PaletteColor[] _colors;

    private PaletteMap(Picture picture, PaletteColor[] colors) => (Picture, _colors) = (picture, colors);

    public Picture Picture { get; }

    public int Width => Picture.Width;

    public int Height => Picture.Height;

    public ReadOnlySpan<PaletteColor> Colors => _colors;

    public static PaletteMap Of(Picture picture)
    {
        var pixels = picture.Pixels;
        var colors = new PaletteColor[picture.Width * picture.Height];
        Rgb last = default;
        var lastColor = Palette.Nearest(last);
        for (int i = 0; i < colors.Length; i++)
        {
            // Neighbours are mostly equal in drawn pictures, and comparing them is cheaper than nine distances.
            var pixel = new Rgb(pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
            if (pixel != last)
                (last, lastColor) = (pixel, Palette.Nearest(pixel));
            colors[i] = lastColor;
        }

        return new PaletteMap(picture, colors);
    }

    public PaletteColor BorderMajority()
    {
        Span<int> votes = stackalloc int[Palette.All.Count];
        foreach (int i in Border())
            votes[(int)_colors[i]]++;

        int best = 0;
        for (int i = 1; i < votes.Length; i++)
        {
            if (votes[i] > votes[best])
                best = i;
        }

        return (PaletteColor)best;
    }

    /// <summary>The mean of the border's pixels that are nearest to a colour.</summary>
    public MeanColor MeanOnBorder(PaletteColor color) => Mean(Border().Where(i => _colors[i] == color));

    public MeanColor Mean(IEnumerable<int> places)
    {
        var pixels = Picture.Pixels;
        double r = 0, g = 0, b = 0;
        int count = 0;
        foreach (int i in places)
        {
            r += pixels[3 * i];
            g += pixels[(3 * i) + 1];
            b += pixels[(3 * i) + 2];
            count++;
        }

        return new MeanColor(r / count, g / count, b / count);
    }

    /// <summary>Whether a pixel is a blend of two colours, give or take 32 levels.</summary>
    public bool IsBetween(int place, MeanColor one, MeanColor other)
    {
        const double Tolerance = 32;
        var pixels = Picture.Pixels;
        double r = pixels[3 * place] - other.R, g = pixels[(3 * place) + 1] - other.G, b = pixels[(3 * place) + 2] - other.B;
        double lineR = one.R - other.R, lineG = one.G - other.G, lineB = one.B - other.B;
        double squared = Math.Max(1, (lineR * lineR) + (lineG * lineG) + (lineB * lineB));
        double along = Math.Clamp(((r * lineR) + (g * lineG) + (b * lineB)) / squared, 0, 1);
        double offR = r - (along * lineR), offG = g - (along * lineG), offB = b - (along * lineB);
        return (offR * offR) + (offG * offG) + (offB * offB) <= Tolerance * Tolerance;
    }

    private IEnumerable<int> Border()
    {
        for (int x = 0; x < Width; x++)
        {
            yield return x;
            yield return ((Height - 1) * Width) + x;
        }

        for (int y = 1; y < Height - 1; y++)
        {
            yield return y * Width;
            yield return (y * Width) + Width - 1;
        }
    }
}
