using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Bench.Pictures;

/// <summary>How long the whole pipeline takes for a number of pictures made together.</summary>
/// <param name="Together">Pictures per run.</param>
/// <param name="Run">Time of whole runs.</param>
public sealed record PictureTimes(int Together, Timing Run)
{
    /// <summary>Median seconds per picture.</summary>
    public double PerPicture => Run.Median / Together;

    /// <summary>Measures.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pipeline">Its pipeline.</param>
    /// <param name="prompts">What to make.</param>
    /// <param name="together">Pictures per run.</param>
    /// <param name="runs">Most runs.</param>
    /// <param name="atMost">No run is begun after this time.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public static PictureTimes Measure(
        MuseModel model, TextToImagePipeline pipeline, BenchPrompts prompts, int together, int runs, TimeSpan atMost, CancellationToken cancellation) =>
        new(together, Timing.Of(() => pipeline.Generate(prompts.Take(together), cancellation: cancellation), model.Device, runs, atMost, cancellation));
}
