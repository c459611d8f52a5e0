using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Makes the pictures of <c>muse generate</c> at a server.</summary>
/// <param name="client">The server.</param>
/// <param name="context">Output and cancellation.</param>
internal sealed class RemoteGeneration(MuseClient client, CommandContext context)
{
    private const int Downloads = 4;
    private static readonly TimeSpan CancelWithin = TimeSpan.FromSeconds(3);

    /// <summary>A request for a picture like another.</summary>
    /// <param name="request">The other's.</param>
    public static JobPictures Like(GenerationRequest request) => new()
    {
        Prompt = request.Prompt,
        NegativePrompt = request.Negative,
        Seed = request.Seed,
        Picture = request.Picture,
        Steps = request.Steps,
        SrSteps = request.SrSteps,
        Guidance = request.Guidance,
        SrGuidance = request.SrGuidance,
        Temperature = request.Temperature,
        MinP = request.MinP,
        Schedule = request.Schedule,
    };

    /// <summary>Submits, waits and writes the pictures. Ctrl-C cancels them at the server too.</summary>
    /// <param name="request">One request, for as many pictures as there are files.</param>
    /// <param name="files">Where they go.</param>
    /// <exception cref="InvalidOperationException">Pictures failed; the others are written.</exception>
    public async Task RunAsync(JobRequest request, IReadOnlyList<string> files)
    {
        var started = TimeProvider.System.GetTimestamp();
        var job = await SubmitAsync(request).ConfigureAwait(false);
        List<JobItem> items;
        MadePicture?[] made;
        try
        {
            await WatchAsync(job).ConfigureAwait(false);
            items = await ItemsAsync(job).ConfigureAwait(false);
            made = await FetchAsync(items, files.Count).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            await CancelAsync(_ => Task.FromResult(job)).ConfigureAwait(false);
            throw;
        }
        var pictures = files.Zip(made).Where(p => p.Second is not null).Select(p => (p.First, p.Second!)).ToList();
        if (pictures.Count > 0)
            PictureFiles.Write(context, pictures, TimeProvider.System.GetElapsedTime(started));
        if (items.FirstOrDefault(i => i.State != JobState.Done) is { } bad)
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"{files.Count - pictures.Count} of {files.Count} pictures were not made, the first: picture {bad.Index + 1} {bad.State}{(bad.Reason is null ? "" : $": {bad.Reason}")}"));
    }

    // Interrupted before the answer came, the server may have the job all the same: with its key it is that one again.
    private async Task<Job> SubmitAsync(JobRequest request)
    {
        var key = Guid.NewGuid().ToString("N");
        try
        {
            return await client.Jobs.SubmitAsync(request, key, context.Cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            await CancelAsync(soon => client.Jobs.SubmitAsync(request, key, soon)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task WatchAsync(Job job)
    {
        using var display = context.StartProgress();
        var first = await client.Jobs.GetItemAsync(job.Id, 0, context.Cancellation).ConfigureAwait(false);
        var progress = new RemoteProgress(display, job.Counts.Total, first.Request);
        await foreach (var happened in client.Jobs.WatchAsync(job.Id, cancellation: context.Cancellation).ConfigureAwait(false))
            if (happened is ItemChanged changed)
                progress.Report(changed.Item);
    }

    private async Task<List<JobItem>> ItemsAsync(Job job)
    {
        var items = new List<JobItem>();
        await foreach (var item in client.Jobs.ItemsAsync(job.Id, cancellation: context.Cancellation).ConfigureAwait(false))
            items.Add(item);
        return items;
    }

    private async Task<MadePicture?[]> FetchAsync(List<JobItem> items, int count)
    {
        var made = new MadePicture?[count];
        await Parallel.ForEachAsync(
            items.Where(i => i.PictureUrl is not null && i.Index < count),
            new ParallelOptions { MaxDegreeOfParallelism = Downloads, CancellationToken = context.Cancellation },
            async (item, cancellation) =>
            {
                var file = new MemoryStream();
                var stream = await client.Images.OpenAsync(item.PictureUrl!, cancellation).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                    await stream.CopyToAsync(file, cancellation).ConfigureAwait(false);
                made[item.Index] = Read(file.ToArray(), item);
            }).ConfigureAwait(false);
        return made;
    }

    private static MadePicture Read(byte[] file, JobItem item)
    {
        try
        {
            var image = Png.Decode(file);
            var text = image.Texts.FirstOrDefault(t => t.Keyword == PictureParameters.Keyword)?.Text;
            return new MadePicture(file, image.Picture, text is null ? new JsonObject { ["prompt"] = item.Request.Prompt, ["seed"] = item.Request.Seed } : JsonNode.Parse(text)!.AsObject());
        }
        catch (PngException e)
        {
            throw new FormatException($"picture {item.Index + 1}, from {item.PictureUrl}: {e.Message}", e);
        }
    }

    private async Task CancelAsync(Func<CancellationToken, Task<Job>> find)
    {
        using var soon = new CancellationTokenSource(CancelWithin);
        Job? job = null;
        try
        {
            job = await find(soon.Token).ConfigureAwait(false);
            await client.Jobs.CancelAsync(job.Id, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MuseApiException or MuseConnectionException or OperationCanceledException)
        {
            await context.Error.WriteLineAsync(job is null
                ? "muse generate: the server may make the pictures all the same; see them with: muse jobs list"
                : $"muse generate: job {job.Id} could not be cancelled; end it with: muse jobs cancel {job.Id}").ConfigureAwait(false);
        }
    }
}
