namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// A connected component of pixels that are not background. All other colours belong to one component together: an edge's
/// in-between pixels often look like a third colour, and so stay a part of their object.
/// </summary>
internal sealed class Component
{
    private const int Margin = 2;
    private readonly int[] _labels;
    private readonly int _label;
    private readonly List<int> _pixels;
    private readonly int _width;
    private readonly int _height;
    private readonly int _right;
    private readonly int _bottom;

    private Component(int[] labels, int label, List<int> pixels, int width, int height)
    {
        (_labels, _label, _pixels, _width, _height) = (labels, label, pixels, width, height);
        int left = width, top = height, right = 0, bottom = 0;
        foreach (int i in pixels)
        {
            int x = i % width, y = i / width;
            (left, right) = (Math.Min(left, x), Math.Max(right, x));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
        }

        (Left, Top, _right, _bottom) = (left - Margin, top - Margin, right + Margin, bottom + Margin);
    }

    /// <summary>The column of the coverage's first pixel; outside the picture for an object at its edge.</summary>
    public int Left { get; }

    /// <summary>The row of the coverage's first pixel.</summary>
    public int Top { get; }

    /// <summary>The components of at least <paramref name="leastPixels"/> pixels; pixels connect along edges, not corners.</summary>
    public static List<Component> FindAll(PaletteMap map, PaletteColor background, int leastPixels)
    {
        int width = map.Width, height = map.Height;
        var colors = map.Colors;
        var labels = new int[colors.Length];
        var stack = new Stack<int>();
        var found = new List<Component>();
        int label = 0;

        for (int start = 0; start < labels.Length; start++)
        {
            if (labels[start] != 0 || colors[start] == background)
                continue;

            var pixels = new List<int>();
            labels[start] = ++label;
            stack.Push(start);
            while (stack.TryPop(out int i))
            {
                pixels.Add(i);
                int x = i % width, y = i / width;
                if (x > 0)
                    Visit(i - 1, colors);
                if (x < width - 1)
                    Visit(i + 1, colors);
                if (y > 0)
                    Visit(i - width, colors);
                if (y < height - 1)
                    Visit(i + width, colors);
            }

            if (pixels.Count >= leastPixels)
                found.Add(new Component(labels, label, pixels, width, height));
        }

        return found;

        void Visit(int i, ReadOnlySpan<PaletteColor> colors)
        {
            if (labels[i] == 0 && colors[i] != background)
            {
                labels[i] = label;
                stack.Push(i);
            }
        }
    }

    /// <summary>
    /// The majority colour of the inner pixels, their mean, and the share of them that the colour explains: those that have it,
    /// and those in between it and the background, which are blur and not a second colour.
    /// </summary>
    public (PaletteColor Color, double Share, MeanColor Mean) InnerColor(PaletteMap map, MeanColor backdrop)
    {
        // Rims are left out: a thin ring has about as many in-between pixels as pure ones.
        var inner = _pixels.Where(IsInner).ToList();
        if (inner.Count < _pixels.Count / 8)
            inner = _pixels;

        var votes = new int[Palette.All.Count];
        foreach (int i in inner)
            votes[(int)map.Colors[i]]++;
        var best = (PaletteColor)Array.IndexOf(votes, votes.Max());
        var mean = map.Mean(inner.Where(i => map.Colors[i] == best));
        int explained = inner.Count(i => map.Colors[i] == best || map.IsBetween(i, mean, backdrop));
        return (best, (double)explained / inner.Count, mean);
    }

    /// <summary>
    /// How much of each pixel the object covers, 0 to 1, row by row from (<see cref="Left"/>, <see cref="Top"/>): where its
    /// colour stands between the background's and the object's. Only the component and its neighbours are covered.
    /// </summary>
    public double[,] Coverage(PaletteMap map, MeanColor color, MeanColor backdrop)
    {
        // The ends are cut off so that noise on pure pixels weighs nothing.
        const double Cut = 0.1;
        double r = color.R - backdrop.R, g = color.G - backdrop.G, b = color.B - backdrop.B;
        double scale = 1 / Math.Max(1, (r * r) + (g * g) + (b * b));
        var pixels = map.Picture.Pixels;
        var coverage = new double[_bottom - Top + 1, _right - Left + 1];

        for (int y = Math.Max(Top, 0); y <= Math.Min(_bottom, _height - 1); y++)
        {
            for (int x = Math.Max(Left, 0); x <= Math.Min(_right, _width - 1); x++)
            {
                if (!Touches(x, y))
                    continue;
                int at = ((y * _width) + x) * 3;
                double along = (((pixels[at] - backdrop.R) * r) + ((pixels[at + 1] - backdrop.G) * g) + ((pixels[at + 2] - backdrop.B) * b)) * scale;
                coverage[y - Top, x - Left] = Math.Clamp((along - Cut) / (1 - (2 * Cut)), 0, 1);
            }
        }

        return coverage;
    }

    private bool IsInner(int i)
    {
        int x = i % _width, y = i / _width;
        return x > 0 && x < _width - 1 && y > 0 && y < _height - 1
            && _labels[i - 1] == _label && _labels[i + 1] == _label
            && _labels[i - _width] == _label && _labels[i + _width] == _label;
    }

    private bool Touches(int x, int y)
    {
        for (int ny = Math.Max(y - 1, 0); ny <= Math.Min(y + 1, _height - 1); ny++)
        {
            for (int nx = Math.Max(x - 1, 0); nx <= Math.Min(x + 1, _width - 1); nx++)
            {
                if (_labels[(ny * _width) + nx] == _label)
                    return true;
            }
        }

        return false;
    }
}
