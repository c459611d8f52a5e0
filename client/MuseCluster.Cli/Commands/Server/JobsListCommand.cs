using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Lists jobs.</summary>
internal sealed class JobsListCommand : ServerCommand
{
    private const int Usual = 20;
    private readonly Option<int?> _limit = Flag.Number("--limit", "How many, the newest first. 20 where not given.", 1, 100_000);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public JobsListCommand(Interruption interruption)
        : base(interruption, "list", "List jobs, the newest first.", "muse jobs list", "muse jobs list --limit 100 --json") => Add(_limit);

    /// <summary>Prints jobs.</summary>
    /// <param name="context">The command's output.</param>
    /// <param name="jobs">The jobs.</param>
    public static void Write(CommandContext context, IEnumerable<Job> jobs) => ResultTable.Write(
        context, ["job", "model", "class", "status", "queued>", "running>", "done>", "failed>", "total>", "created"], jobs.Select(j => (string[])
        [
            j.Id, j.Model, j.Class, j.Status, $"{j.Counts.Queued}", $"{j.Counts.Running}", $"{j.Counts.Done}", $"{j.Counts.Failed}", $"{j.Counts.Total}",
            j.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        ]));

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var limit = parse.GetValue(_limit) ?? Usual;
        var jobs = await client.Jobs.ListAsync(Math.Min(limit, 100), context.Cancellation).Take(limit).ToListAsync(context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(new JsonObject { ["jobs"] = Json(jobs) });
        else
            Write(context, jobs);
    }
}
