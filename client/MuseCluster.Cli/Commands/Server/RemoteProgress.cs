using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Shows decoding at a server: steps of all pictures as one bar, and the first picture as it forms.</summary>
/// <param name="display">Where to.</param>
/// <param name="count">How many pictures are made.</param>
/// <param name="request">How each is made.</param>
internal sealed class RemoteProgress(ProgressDisplay display, int count, ItemRequest request)
{
    private readonly long[] _steps = new long[count];
    private long _done;

    /// <summary>Shows a preview, where previews are seen.</summary>
    /// <param name="display">Where to.</param>
    /// <param name="png">The preview.</param>
    public static void Preview(ProgressDisplay display, byte[] png)
    {
        if (!display.ShowsPictures)
            return;
        try
        {
            display.Preview(Png.Decode(png).Picture);
        }
        catch (PngException)
        {
            // The picture itself is what counts, and is checked.
        }
    }

    /// <summary>Shows where a picture stands.</summary>
    /// <param name="item">The picture.</param>
    public void Report(ItemProgress item)
    {
        if (item.Index >= count)
            return;
        var steps = Math.Max(_steps[item.Index], Steps(item));
        _done += steps - _steps[item.Index];
        _steps[item.Index] = steps;
        if (item.Index == 0 && item.Preview is { } preview)
            Preview(display, preview);
        display.Report(new ProgressState(count == 1 ? "generating" : $"generating {count} pictures", _done, (long)count * (request.Steps + request.SrSteps), Detail(item)));
    }

    private long Steps(ItemProgress item) => JobState.HasEnded(item.State) ? request.Steps + request.SrSteps : item.Stage switch
    {
        "base" => item.Step ?? 0,
        "superres" => request.Steps + (item.Step ?? 0),
        "pixels" => request.Steps + request.SrSteps,
        _ => 0,
    };

    private static string Detail(ItemProgress item) =>
        item is { State: JobState.Queued, Ahead: { } ahead } ? string.Create(CultureInfo.InvariantCulture, $"waiting, {ahead} before it")
        : item.Steps is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{item.Stage} {item.Step}/{item.Steps}")
        : item.Stage ?? item.State;
}
