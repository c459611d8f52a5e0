using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Silos;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.Cli.Commands;

/// <summary>Runs a silo until it is told to stop.</summary>
internal sealed class SiloCommand : MuseCommand
{
    private readonly SiloFlags _flags = new(SiloSetting.All);

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What tells it to stop.</param>
    public SiloCommand(Interruption interruption)
        : base(
            interruption, "silo",
            $"Run a silo of a cluster until Ctrl-C or SIGTERM, which drain it. Each flag is also an environment variable ({SiloSetting.All[0].Variable}) and a setting of appsettings.json ({SiloSetting.Section}:{SiloSetting.All[0].Key}).",
            "muse silo",
            "muse silo --roles base --device cuda --mesh amqp://muse:secret@broker --ledger postgres://muse:secret@db/muse --blobs https://ACCOUNT.blob.core.windows.net/muse?SAS",
            "muse silo --roles text,pixels,gateway --urls http://0.0.0.0:8080 --log json")
    {
        foreach (var option in _flags.All)
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context) =>
        SiloProcess.RunAsync(_flags.Read(parse), status => Show(context, status), context.Cancellation).GetAwaiter().GetResult();

    private static void Show(CommandContext context, SiloStatus status)
    {
        if (context.Json)
            context.WriteJson(new JsonObject { ["name"] = status.Name, ["endpoint"] = status.Endpoint, ["grains"] = JsonSerializer.SerializeToNode(status.Grains.Select(g => g.Stage.ToString().ToLowerInvariant() + "." + g.Model)) });
        else
            context.Output.WriteLine($"{status.Name} serves {string.Join(", ", status.Grains.Select(g => $"{g.Stage.ToString().ToLowerInvariant()} of {g.Model}"))}; {status.Endpoint}/ready");
        context.Output.Flush();
    }
}
