using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Lists batches.</summary>
internal sealed class BatchListCommand : ServerCommand
{
    private const int Usual = 20;
    private readonly Option<int?> _limit = Flag.Number("--limit", "How many, the newest first. 20 where not given.", 1, 100_000);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public BatchListCommand(Interruption interruption)
        : base(interruption, "list", "List batches, the newest first.", "muse batch list", "muse batch list --limit 100 --json") => Add(_limit);

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var limit = parse.GetValue(_limit) ?? Usual;
        var batches = await client.Batches.ListAsync(Math.Min(limit, 100), context.Cancellation).Take(limit).ToListAsync(context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(new JsonObject { ["batches"] = Json(batches) });
        else
            ResultTable.Write(context, ["batch", "status", "done>", "failed>", "total>", "created"], batches.Select(b => (string[])
            [
                b.Id, b.Status.Replace('_', ' '), $"{b.RequestCounts.Completed}", $"{b.RequestCounts.Failed}", $"{b.RequestCounts.Total}",
                b.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ]));
    }
}
