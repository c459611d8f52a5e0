using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.Plots;

/// <summary>Draws lines over two axes, such as losses over steps.</summary>
public sealed class LinePlot
{
    private const int TickLength = 4;
    private const int RightMargin = 22;
    private static readonly Rgb Paper = new(255, 255, 255);
    private static readonly Rgb Ink = new(45, 45, 50);
    private static readonly Rgb FaintInk = new(105, 105, 112);
    private static readonly Rgb Grid = new(230, 230, 234);

    private static readonly Rgb[] Colors =
        [new(31, 90, 200), new(214, 95, 20), new(44, 140, 60), new(190, 40, 60), new(130, 70, 180), new(20, 140, 150), new(120, 100, 20), new(90, 90, 95)];

    /// <summary>The line over the plot; none by default.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the x axis shows; nothing by default.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>What the y axis shows; nothing by default.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Whether the y axis is logarithmic; values of 0 and below then break their lines. Default false.</summary>
    public bool LogY { get; init; }

    /// <summary>The picture's width in pixels, at least 200. Default 760.</summary>
    public int Width { get; init; } = 760;

    /// <summary>The picture's height in pixels, at least 150. Default 440.</summary>
    public int Height { get; init; } = 440;

    /// <summary>The lines, later ones on top.</summary>
    public IReadOnlyList<PlotSeries> Series { get; init; } = [];

    /// <summary>Draws the plot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The picture would be too small.</exception>
    public Picture Draw()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 200);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 150);
        var canvas = new PictureCanvas(Width, Height, Paper);
        canvas.Write(Title, Math.Max(8, (Width - (2 * BitmapFont.Measure(Title))) / 2), 12, Ink, scale: 2);

        var points = Series.SelectMany(series => series.Points).Where(IsShown).ToList();
        if (points.Count == 0)
        {
            const string Nothing = "no data";
            canvas.Write(Nothing, (Width - BitmapFont.Measure(Nothing)) / 2, Height / 2, FaintInk);
            return canvas.ToPicture();
        }

        var yAxis = PlotAxis.Around(points.Select(point => point.Y), LogY, padded: true, Math.Max(2, Height / 60));
        var xAxis = PlotAxis.Around(points.Select(point => point.X), false, padded: false, Math.Max(2, Width / 110));
        int left = 14 + yAxis.Ticks.Select(tick => BitmapFont.Measure(tick.Label)).DefaultIfEmpty(0).Max() + TickLength + 4;
        int top = (Title.Length > 0 ? 40 : 14) + (YLabel.Length > 0 ? BitmapFont.LineHeight + 4 : 0);
        int bottom = Height - 14 - TickLength - BitmapFont.LineHeight - (XLabel.Length > 0 ? BitmapFont.LineHeight + 6 : 0);
        var area = new Area(left, top, Width - RightMargin, bottom);

        DrawAxes(canvas, area, xAxis, yAxis);
        var lines = Series.Select(series => Lines(area, xAxis, yAxis, series)).ToArray();
        for (int i = 0; i < Series.Count; i++)
        {
            foreach (var line in lines[i])
                canvas.DrawLine(line, ColorOf(i), 1.8);
        }

        DrawLegend(canvas, area, [.. lines.SelectMany(ofSeries => ofSeries)]);
        return canvas.ToPicture();
    }

    private bool IsShown((double X, double Y) point) => double.IsFinite(point.X) && PlotAxis.CanShow(point.Y, LogY);

    private Rgb ColorOf(int series) => Series[series].Color ?? Colors[series % Colors.Length];

    private void DrawAxes(PictureCanvas canvas, Area area, PlotAxis xAxis, PlotAxis yAxis)
    {
        foreach (var (value, label) in yAxis.Ticks)
        {
            int y = (int)Math.Round(area.Y(yAxis.Place(value)));
            canvas.Fill(area.Left, y, area.Width, 1, Grid);
            canvas.Fill(area.Left - TickLength, y, TickLength, 1, Ink);
            canvas.Write(label, area.Left - TickLength - 4 - BitmapFont.Measure(label), y - 3, FaintInk);
        }

        foreach (var (value, label) in xAxis.Ticks)
        {
            int x = (int)Math.Round(area.X(xAxis.Place(value)));
            canvas.Fill(x, area.Top, 1, area.Height, Grid);
            canvas.Fill(x, area.Bottom, 1, TickLength, Ink);
            canvas.Write(label, x - (BitmapFont.Measure(label) / 2), area.Bottom + TickLength + 5, FaintInk);
        }

        canvas.Fill(area.Left, area.Top, 1, area.Height + 1, Ink);
        canvas.Fill(area.Left, area.Bottom, area.Width + 1, 1, Ink);
        canvas.Write(YLabel, 14, area.Top - BitmapFont.LineHeight - 6, Ink);
        canvas.Write(XLabel, area.Left + ((area.Width - BitmapFont.Measure(XLabel)) / 2), Height - BitmapFont.LineHeight - 7, Ink);
    }

    /// <summary>A series in pixels, cut where a point cannot be shown.</summary>
    private List<List<(double X, double Y)>> Lines(Area area, PlotAxis xAxis, PlotAxis yAxis, PlotSeries series)
    {
        var lines = new List<List<(double X, double Y)>> { new() };
        foreach (var point in series.Points)
        {
            if (IsShown(point))
                lines[^1].Add((area.X(xAxis.Place(point.X)) + 0.5, area.Y(yAxis.Place(point.Y)) + 0.5));
            else if (lines[^1].Count > 0)
                lines.Add([]);
        }

        return lines;
    }

    private void DrawLegend(PictureCanvas canvas, Area area, List<List<(double X, double Y)>> lines)
    {
        const int Padding = 8, Swatch = 18, Line = BitmapFont.LineHeight + 3;
        int names = Series.Select(series => BitmapFont.Measure(series.Name)).DefaultIfEmpty(0).Max();
        if (names == 0)
            return;

        int width = (2 * Padding) + Swatch + 8 + names, height = (2 * Padding) + (Series.Count * Line) - 5;
        var (x, y) = FreestCorner(area, lines, width, height);
        canvas.Fill(x, y, width, height, Paper);
        canvas.Frame(x, y, width, height, 1, Grid);
        for (int i = 0; i < Series.Count; i++)
        {
            int row = y + Padding + (i * Line);
            canvas.DrawLine([(x + Padding, row + 3.5), (x + Padding + Swatch, row + 3.5)], ColorOf(i), 2.2);
            canvas.Write(Series[i].Name, x + Padding + Swatch + 8, row, Ink);
        }
    }

    /// <summary>The corner where the legend hides the least of the lines; the top right one where all are alike.</summary>
    private static (int X, int Y) FreestCorner(Area area, List<List<(double X, double Y)>> lines, int width, int height)
    {
        const int Inset = 8, Spacing = 4;
        int left = area.Left + Inset, right = area.Right - Inset - width, top = area.Top + Inset, bottom = area.Bottom - Inset - height;
        (int X, int Y)[] corners = [(right, top), (left, bottom), (left, top), (right, bottom)];
        var hidden = new int[corners.Length];
        foreach (var line in lines)
        {
            for (int i = 1; i < line.Count; i++)
            {
                var (fromX, fromY) = line[i - 1];
                double dx = line[i].X - fromX, dy = line[i].Y - fromY;
                int samples = 1 + (int)(Math.Max(Math.Abs(dx), Math.Abs(dy)) / Spacing);
                for (int sample = 1; sample <= samples; sample++)
                {
                    double x = fromX + (dx * sample / samples), y = fromY + (dy * sample / samples);
                    for (int corner = 0; corner < corners.Length; corner++)
                    {
                        if (x > corners[corner].X - Spacing && x < corners[corner].X + width + Spacing
                            && y > corners[corner].Y - Spacing && y < corners[corner].Y + height + Spacing)
                            hidden[corner]++;
                    }
                }
            }
        }

        return corners[Array.IndexOf(hidden, hidden.Min())];
    }

    /// <summary>The rectangle between the axes, in pixels.</summary>
    private readonly record struct Area(int Left, int Top, int Right, int Bottom)
    {
        public int Width => Right - Left;

        public int Height => Bottom - Top;

        public double X(double place) => Left + (place * Width);

        public double Y(double place) => Bottom - (place * Height);
    }
}
