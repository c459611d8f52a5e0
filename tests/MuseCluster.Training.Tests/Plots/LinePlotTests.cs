using MuseCluster.Generation.Pictures;
using MuseCluster.Training.Plots;

namespace MuseCluster.Training.Tests.Plots;

public class LinePlotTests
{
    private static readonly Rgb Line = new(255, 0, 255);

    private static PlotSeries Series(params (double X, double Y)[] points) => new("", points, Line);

    private static List<(int X, int Y)> Painted(Picture picture) =>
        [.. from y in Enumerable.Range(0, picture.Height) from x in Enumerable.Range(0, picture.Width) where picture[x, y] == Line select (x, y)];

    [Fact]
    public void A_rising_line_rises_across_the_whole_plot()
    {
        var painted = Painted(new LinePlot { Series = [Series((0, 0), (100, 10))] }.Draw());
        var left = painted.MinBy(pixel => pixel.X);
        var right = painted.MaxBy(pixel => pixel.X);
        Assert.True(right.X - left.X > 650, $"{left} to {right}");
        Assert.True(left.Y - right.Y > 330, $"{left} to {right}");
    }

    [Fact]
    public void A_logarithmic_axis_makes_exponential_decay_straight()
    {
        var points = Enumerable.Range(0, 101).Select(i => ((double)i, Math.Pow(10, -i / 50.0))).ToArray();
        var painted = Painted(new LinePlot { LogY = true, Series = [Series(points)] }.Draw());
        var left = painted.MinBy(pixel => pixel.X);
        var right = painted.MaxBy(pixel => pixel.X);
        double slope = (double)(right.Y - left.Y) / (right.X - left.X);
        Assert.All(painted, pixel => Assert.InRange(pixel.Y - (left.Y + (slope * (pixel.X - left.X))), -3, 3));
    }

    [Fact]
    public void Values_that_cannot_be_shown_break_the_line()
    {
        var painted = Painted(new LinePlot { Series = [Series((0, 1), (40, 1), (50, double.NaN), (60, 2), (100, 2))] }.Draw());
        double from = painted.Min(pixel => pixel.X), width = painted.Max(pixel => pixel.X) - from;
        Assert.DoesNotContain(painted, pixel => (pixel.X - from) / width is > 0.43 and < 0.57);
        Assert.Contains(painted, pixel => (pixel.X - from) / width is > 0.3 and < 0.4);

        Assert.NotEmpty(Painted(new LinePlot { LogY = true, Series = [Series((0, -1), (1, 0), (2, 1), (3, 10))] }.Draw()));
    }

    [Fact]
    public void The_legend_avoids_the_lines()
    {
        PlotSeries[] bare = [Series((0, 0), (1, 1))], named = [bare[0] with { Name = "a name of some length" }];
        int alone = Painted(new LinePlot { Series = bare }.Draw()).Count, swatch = 18 * 2;
        Assert.InRange(Painted(new LinePlot { Series = named }.Draw()).Count, alone + 10, alone + swatch + 18);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(-1e-12, 1e-12)]
    [InlineData(1e15, 1e15)]
    [InlineData(-3e8, 7e9)]
    [InlineData(1e-300, 1e300)]
    public void Any_range_of_values_can_be_drawn(double low, double high)
    {
        foreach (bool log in new[] { false, true })
        {
            var plot = new LinePlot { LogY = log, Title = "t", XLabel = "x", YLabel = "y", Series = [Series((low, low), (high, high))] };
            Assert.Equal(760, plot.Draw().Width);
        }
    }

    [Fact]
    public void Without_data_the_plot_says_so()
    {
        var empty = new LinePlot { Title = "Loss" }.Draw();
        var infinite = new LinePlot { Title = "Loss", Series = [Series((double.NaN, 1), (1, double.PositiveInfinity))] }.Draw();
        Assert.True(empty.SamePixels(infinite));
    }

    [Fact]
    public void Pictures_too_small_for_axes_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinePlot { Width = 100 }.Draw());
}
