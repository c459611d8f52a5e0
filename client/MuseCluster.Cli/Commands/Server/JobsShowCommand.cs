using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Shows a job and its items.</summary>
internal sealed class JobsShowCommand : ServerCommand
{
    private const int Usual = 20;
    private const int LongestPrompt = 60;
    private readonly Argument<string> _id = Id("job");
    private readonly Option<int?> _limit = Flag.Number("--limit", "How many items. 20 where not given.", 1, 1_000_000);
    private readonly Option<string?> _state = Flag.Choice("--state", "Only items in this state.", JobState.Queued, JobState.Running, JobState.Paused, JobState.Done, JobState.Failed, JobState.Cancelled);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public JobsShowCommand(Interruption interruption)
        : base(interruption, "show", "Show a job and its items.", "muse jobs show 0123abcd", "muse jobs show 0123abcd --state failed --json")
    {
        Add(_id);
        Add(_limit);
        Add(_state);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var (id, state) = (parse.GetRequiredValue(_id), parse.GetValue(_state));
        var job = await client.Jobs.GetAsync(id, context.Cancellation).ConfigureAwait(false);
        var items = await client.Jobs.ItemsAsync(id, cancellation: context.Cancellation)
            .Where(i => state is null || i.State == state).Take(parse.GetValue(_limit) ?? Usual).ToListAsync(context.Cancellation).ConfigureAwait(false);
        if (context.Json)
        {
            context.WriteJson(new JsonObject { ["job"] = Json(job), ["items"] = Json(items) });
            return;
        }
        JobsListCommand.Write(context, [job]);
        await context.Output.WriteLineAsync().ConfigureAwait(false);
        ResultTable.Write(context, ["item>", "state", "seed>", "prompt", "reason"], items.Select(i => (string[])
            [$"{i.Index}", i.State, $"{i.Request.Seed}", i.Request.Prompt.Length > LongestPrompt ? i.Request.Prompt[..LongestPrompt] + "..." : i.Request.Prompt, i.Reason ?? ""]));
    }
}
