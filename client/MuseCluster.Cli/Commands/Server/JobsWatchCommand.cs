using System.CommandLine;
using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Shows how far a job is until it has ended.</summary>
internal sealed class JobsWatchCommand : ServerCommand
{
    private readonly Argument<string> _id = Id("job");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it; the job goes on.</param>
    public JobsWatchCommand(Interruption interruption)
        : base(interruption, "watch", "Show how far a job is until it has ended. A server that is away meanwhile is waited for.", "muse jobs watch 0123abcd") => Add(_id);

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        Job? job = null;
        using (var display = context.StartProgress())
        {
            var started = TimeProvider.System.GetTimestamp();
            var first = -1;
            await foreach (var happened in client.Jobs.WatchAsync(parse.GetRequiredValue(_id), cancellation: context.Cancellation).ConfigureAwait(false))
            {
                if (happened is JobChanged changed)
                    job = changed.Job;
                else if (happened is ItemChanged { Item.Preview: { } preview })
                    RemoteProgress.Preview(display, preview);
                if (job is null)
                    continue;
                if (first < 0)
                    first = job.Counts.Ended;
                display.Report(new ProgressState(job.Status, job.Counts.Ended, job.Counts.Total, Detail(job.Counts, first, TimeProvider.System.GetElapsedTime(started))));
            }
        }
        if (context.Json)
            context.WriteJson(Json(job));
        else
            JobsListCommand.Write(context, job is null ? [] : [job]);
        if (job is { Status: not JobState.Done })
            throw new InvalidOperationException($"{job.Counts.Failed} of {job.Counts.Total} pictures failed, {job.Counts.Cancelled} were cancelled; see them with: muse jobs show {job.Id} --state failed");
    }

    private static string Detail(JobCounts counts, int first, TimeSpan elapsed)
    {
        var parts = new List<string>();
        if (counts.Ended > first && elapsed > TimeSpan.Zero)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{(counts.Ended - first) / elapsed.TotalSeconds:0.0} pictures/s"));
        if (counts.Running > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{counts.Running} running"));
        if (counts.Failed > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{counts.Failed} failed"));
        return string.Join("  ", parts);
    }
}
