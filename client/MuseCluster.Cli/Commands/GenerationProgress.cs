using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cli.Commands;

/// <summary>Shows decoding: steps of all pictures as one bar, and the first picture as it forms.</summary>
/// <param name="display">Where to.</param>
/// <param name="factory">Decodes previews.</param>
/// <param name="requests">What is made.</param>
/// <param name="superres">Whether the model has super-resolution.</param>
internal sealed class GenerationProgress(ProgressDisplay display, PictureFactory factory, IReadOnlyList<GenerationRequest> requests, bool superres) : IProgress<PictureProgress>
{
    private static readonly TimeSpan PreviewEvery = TimeSpan.FromMilliseconds(150);
    private readonly long _steps = requests.Sum(r => (long)(r.Initial?.StepsOf(r.Steps) ?? r.Steps) + (superres ? r.SrSteps : 0));
    private long _done, _previewed;

    /// <inheritdoc/>
    public void Report(PictureProgress value)
    {
        if (value.Stage != "pixels")
            _done++;
        if (value.Index == 0 && display.ShowsPictures && (_previewed == 0 || TimeProvider.System.GetElapsedTime(_previewed) >= PreviewEvery))
        {
            _previewed = TimeProvider.System.GetTimestamp();
            display.Preview(factory.Preview(value.Grid.Span, requests[value.Index]));
        }
        display.Report(new ProgressState(
            requests.Count == 1 ? "generating" : $"generating {requests.Count} pictures", _done, _steps,
            string.Create(CultureInfo.InvariantCulture, $"{value.Stage} {value.Step}/{value.Steps}")));
    }
}
