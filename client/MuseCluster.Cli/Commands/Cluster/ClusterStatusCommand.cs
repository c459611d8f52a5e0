using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Shows what a cluster on this machine does: silos, loads, queues, rates.</summary>
internal sealed class ClusterStatusCommand : MuseCommand
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);
    private readonly Option<string?> _folder = ClusterFlags.Folder();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ClusterStatusCommand(Interruption interruption)
        : base(interruption, "status", "Show silos with their roles and loads, queues with their depths, and rates over some seconds.", "muse cluster status", "muse cluster status --json") =>
        Add(_folder);

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context) => ShowAsync(parse, context).GetAwaiter().GetResult();

    private async Task ShowAsync(ParseResult parse, CommandContext context)
    {
        var state = ClusterFlags.StateOf(parse, _folder);
        await using var ledger = await SqlLedger.OpenAsync(state.Ledger, TimeProvider.System, context.Cancellation).ConfigureAwait(false);
        var before = await ledger.GetSilosAsync(Lately, context.Cancellation).ConfigureAwait(false);
        await Task.Delay(Measured, context.Cancellation).ConfigureAwait(false);
        var silos = await ledger.GetSilosAsync(Lately, context.Cancellation).ConfigureAwait(false);
        var backlogs = await ledger.GetBacklogAsync(context.Cancellation).ConfigureAwait(false);
        var queues = await QueuesAsync(silos, context.Cancellation).ConfigureAwait(false);
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["silos"] = JsonSerializer.SerializeToNode(silos, new JsonSerializerOptions(JsonSerializerDefaults.Web)),
                ["queues"] = new JsonObject(queues.Select(q => KeyValuePair.Create($"{q.Stage}.{q.Model}", (JsonNode?)q.Depth))),
                ["backlogs"] = new JsonArray([.. backlogs.Select(b => new JsonObject { ["tenant"] = b.Queue.Tenant, ["model"] = b.Queue.Model, ["class"] = b.Queue.Class.ToString().ToLowerInvariant(), ["weight"] = b.Weight, ["queued"] = b.Queued, ["running"] = b.Running })]),
            });
            return;
        }
        ResultTable.Write(context, ["silo", "role", "model", "holds>", "of>", "items/s>"], silos.SelectMany(s => Rows(s, before.FirstOrDefault(b => b.Name == s.Name))));
        context.Output.WriteLine();
        ResultTable.Write(context, ["queue", "waiting>"], queues.Select(q => (string[])[$"{q.Stage}.{q.Model}", Text(q.Depth)]));
        context.Output.WriteLine();
        ResultTable.Write(context, ["tenant", "model", "class", "weight>", "queued>", "running>"], backlogs.Select(b => (string[])
            [b.Queue.Tenant, b.Queue.Model, b.Queue.Class.ToString().ToLowerInvariant(), Text(b.Weight), Text(b.Queued), Text(b.Running)]));
    }

    // Only silos of the cluster are in its mesh: one that takes jobs in is asked.
    private static async Task<IReadOnlyList<QueueInfo>> QueuesAsync(IReadOnlyList<SiloStatus> silos, CancellationToken cancellation)
    {
        foreach (var gateway in silos.Where(s => s.Gateway))
            try
            {
                using var client = new MuseClient(new MuseClientOptions { Server = new Uri(gateway.Endpoint), MaxRetries = 0, Timeout = Answer });
                return (await client.Silos.GetAsync(cancellation).ConfigureAwait(false)).Queues ?? [];
            }
            catch (Exception e) when (e is MuseConnectionException or MuseApiException)
            {
                // The next one may answer.
            }
        return [];
    }

    private static IEnumerable<string[]> Rows(SiloStatus silo, SiloStatus? before)
    {
        var name = silo.Draining ? $"{silo.Name} (draining)" : silo.Name;
        if (silo.Grains.Count == 0)
            yield return [name, "gateway", "", "", "", ""];
        foreach (var grain in silo.Grains)
        {
            // Heartbeats are seconds apart; a rate is told from two of them.
            var earlier = before?.Grains.FirstOrDefault(g => g.Stage == grain.Stage && g.Model == grain.Model);
            var seconds = before is null ? 0 : (silo.Seen - before.Seen).TotalSeconds;
            var rate = earlier is null || seconds <= 0 ? "" : ((grain.Finished - earlier.Finished) / seconds).ToString("0.0", CultureInfo.InvariantCulture);
            yield return [name, grain.Stage.Name(), grain.Model, Text(grain.Running), Text(grain.Capacity), rate];
        }
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
