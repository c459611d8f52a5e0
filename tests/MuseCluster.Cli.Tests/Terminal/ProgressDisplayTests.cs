using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Tests.Terminal;

public sealed class ProgressDisplayTests
{
    private static readonly TerminalKind Plain = new(true, ColorDepth.None, false);
    private static readonly TerminalKind Colored = new(true, ColorDepth.True, true);
    private readonly StringWriter _written = new() { NewLine = "\n" };
    private readonly ManualTime _time = new();

    [Fact]
    public void WithoutATerminalThereIsALineEveryTenSecondsAtMost()
    {
        using (var display = new ProgressDisplay(_written, ProgressStyle.Lines, Plain, _time))
        {
            for (var second = 0; second <= 25; second++)
            {
                display.Report(new ProgressState("base", second, 100, "3.0 samples/s"));
                _time.Advance(1);
            }
        }

        Assert.Equal("base 10/100 10%  left 1:30  3.0 samples/s\nbase 20/100 20%  left 1:20  3.0 samples/s\n", _written.ToString());
    }

    [Fact]
    public void ALiveBarIsDrawnOverItselfAndTakenAway()
    {
        using (var display = new ProgressDisplay(_written, ProgressStyle.Live, Plain, _time))
        {
            display.Report(new ProgressState("base", 0, 10));
            _time.Advance(2);
            display.Report(new ProgressState("base", 5, 10));
        }

        Assert.Equal(
            "\r\u001b[2K................ base 0/10 0%"
            + "\r\u001b[2K########........ base 5/10 50%  left 0:02"
            + "\r\u001b[J",
            _written.ToString());
    }

    [Fact]
    public void FramesAreAtLeastATenthOfASecondApart()
    {
        using var display = new ProgressDisplay(_written, ProgressStyle.Live, Plain, _time);
        for (var i = 0; i < 1000; i++)
        {
            display.Report(new ProgressState("base", i, 1000));
            _time.Advance(0.001);
        }

        Assert.InRange(_written.ToString().Count(c => c == '\r'), 9, 11);
    }

    [Fact]
    public void APictureStandsAboveTheBar()
    {
        using (var display = new ProgressDisplay(_written, ProgressStyle.Live, Colored, _time))
        {
            display.Preview(Picture.Solid(8, 8, new Rgb(1, 2, 3)));
            display.Report(new ProgressState("base", 1, 2));
            _time.Advance(1);
            display.Report(new ProgressState("base", 2, 2));
        }

        var text = _written.ToString();
        Assert.Equal(2 * TerminalPreview.Rows, text.Split('\n').Length - 1);
        Assert.Contains($"\r\u001b[{TerminalPreview.Rows}A\u001b[2K", text, StringComparison.Ordinal);
        Assert.EndsWith($"\r\u001b[{TerminalPreview.Rows}A\u001b[J", text, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsShownToAProgram()
    {
        using (var display = new ProgressDisplay(_written, ProgressStyle.None, Colored, _time))
        {
            display.Preview(Picture.Solid(8, 8, new Rgb(1, 2, 3)));
            display.Report(new ProgressState("base", 1, 2));
        }

        Assert.Empty(_written.ToString());
    }

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(5.4, "0:05")]
    [InlineData(754, "12:34")]
    [InlineData(11045, "3:04:05")]
    [InlineData(-1, "0:00")]
    public void DurationsReadAsAClock(double seconds, string expected) => Assert.Equal(expected, Durations.Clock(TimeSpan.FromSeconds(seconds)));
}
