using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Cancels, pauses, resumes or retries a job.</summary>
internal sealed class JobsSteerCommand : ServerCommand
{
    private readonly Argument<string> _id = Id("job");
    private readonly Func<JobsClient, string, CancellationToken, Task<Job>> _steer;

    private JobsSteerCommand(Interruption interruption, string name, string description, Func<JobsClient, string, CancellationToken, Task<Job>> steer)
        : base(interruption, name, description, $"muse jobs {name} 0123abcd")
    {
        _steer = steer;
        Add(_id);
    }

    /// <summary>A command for each.</summary>
    /// <param name="interruption">What stops them.</param>
    public static IEnumerable<JobsSteerCommand> All(Interruption interruption) =>
    [
        new(interruption, "cancel", "End a job; what is done stays.", (jobs, id, cancellation) => jobs.CancelAsync(id, cancellation)),
        new(interruption, "pause", "Put a job aside; what runs is finished.", (jobs, id, cancellation) => jobs.PauseAsync(id, cancellation)),
        new(interruption, "resume", "Go on with a job that was put aside.", (jobs, id, cancellation) => jobs.ResumeAsync(id, cancellation)),
        new(interruption, "retry", "Make the failed pictures of a job once more.", (jobs, id, cancellation) => jobs.RetryAsync(id, cancellation)),
    ];

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var job = await _steer(client.Jobs, parse.GetRequiredValue(_id), context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(Json(job));
        else
            JobsListCommand.Write(context, [job]);
    }
}
