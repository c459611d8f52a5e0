using System.Globalization;
using MuseCluster.Generation.Pictures;
using MuseCluster.Training.Plots;

namespace MuseCluster.Training.Runs;

/// <summary>The curves of a run: a CSV file of step, name and value, and the picture drawn from it.</summary>
public sealed class MetricLog
{
    private const int PointsPerCurve = 400;
    private readonly string _path;
    private readonly List<(long Step, string Name, double Value)> _rows = [];
    private int _written;

    /// <summary>Opens a log and forgets what it holds from a step on, which a resumed run makes again.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="step">The step that the run goes on from.</param>
    public MetricLog(string path, long step)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var cells = line.Split(',');
            if (cells.Length == 3 && long.TryParse(cells[0], CultureInfo.InvariantCulture, out var s) && s < step
                && double.TryParse(cells[2], CultureInfo.InvariantCulture, out var value))
                _rows.Add((s, cells[1], value));
        }
    }

    /// <summary>Adds a value.</summary>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="name">The curve.</param>
    /// <param name="value">The value.</param>
    public void Add(long step, string name, double value) => _rows.Add((step, name, value));

    /// <summary>Writes the file anew where rows were dropped, or the new rows at its end.</summary>
    public void Save()
    {
        using var writer = new StreamWriter(_path, append: _written > 0);
        if (_written == 0)
            writer.WriteLine("step,name,value");
        for (; _written < _rows.Count; _written++)
        {
            var (step, name, value) = _rows[_written];
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},{name},{value:G6}"));
        }
    }

    /// <summary>Draws the curves, each averaged over stretches of steps.</summary>
    /// <param name="title">The picture's title.</param>
    /// <returns>The picture.</returns>
    public Picture Draw(string title) => new LinePlot
    {
        Title = title,
        XLabel = "step",
        LogY = _rows.All(r => r.Value > 0),
        Series = [.. _rows.GroupBy(r => r.Name).Select(curve => new PlotSeries(curve.Key, Average([.. curve])))],
    }.Draw();

    private static List<(double X, double Y)> Average((long Step, string Name, double Value)[] curve) =>
        [.. curve.Chunk(Math.Max(1, curve.Length / PointsPerCurve)).Select(part => (part.Average(p => (double)p.Step), part.Average(p => p.Value)))];
}
