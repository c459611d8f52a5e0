using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, in the order in which they are joined. A point that is not finite breaks the line.</param>
/// <param name="Color">Its colour; the next of a fixed list where null.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points, Rgb? Color = null);
