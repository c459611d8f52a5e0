using System.CommandLine;
using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Shows the silos behind a server.</summary>
internal sealed class SilosCommand : ServerCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public SilosCommand(Interruption interruption)
        : base(interruption, "silos", "Show the silos behind a server, their queues, and what you have waiting.", "muse silos", "muse silos --server https://muse.example --json")
    {
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var cluster = await client.Silos.GetAsync(context.Cancellation).ConfigureAwait(false);
        if (context.Json)
        {
            context.WriteJson(Json(cluster));
            return;
        }
        ResultTable.Write(context, ["silo", "role", "model", "holds>", "of>", "finished>", "since"], cluster.Data.SelectMany(Rows));
        await context.Output.WriteLineAsync().ConfigureAwait(false);
        ResultTable.Write(context, ["queue", "waiting>"], (cluster.Queues ?? []).Select(q => (string[])[$"{q.Stage}.{q.Model}", Text(q.Depth)]));
        await context.Output.WriteLineAsync().ConfigureAwait(false);
        ResultTable.Write(context, ["tenant", "model", "class", "queued>", "running>"], (cluster.Backlog ?? []).Select(b => (string[])[b.Tenant, b.Model, b.Class, Text(b.Queued), Text(b.Running)]));
    }

    private static IEnumerable<string[]> Rows(SiloInfo silo)
    {
        var name = silo.Draining ? $"{silo.Name} (draining)" : silo.Name;
        var since = silo.StartedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        if (silo.Roles?.Contains("gateway") ?? silo.Grains is not { Count: > 0 })
            yield return [name, "gateway", "", "", "", "", since];
        foreach (var grain in silo.Grains ?? [])
            yield return [name, grain.Stage, grain.Model, Text(grain.Running), Text(grain.Capacity), Text(grain.Finished), since];
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
