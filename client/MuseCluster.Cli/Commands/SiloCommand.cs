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
    private readonly IReadOnlyList<(SiloSetting Setting, Option<string?> Option)> _flags;

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
        _flags = [.. SiloSetting.All.Select(setting => (setting, Flag.Parsed<string?>(setting.Flag, setting.HelpName, setting.Description, setting.Expected, text => text)))];
        foreach (var (_, option) in _flags)
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var given = _flags.Select(f => (f.Setting.Name, Value: parse.GetValue(f.Option))).Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!);
        var settings = SiloConfiguration.Read(given, Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable);
        if (!given.ContainsKey("model-folder") && !Directory.Exists(settings.ModelFolder) && ModelFolder.Models is { } models)
            settings = settings with { ModelFolder = models };
        SiloProcess.RunAsync(settings, status => Show(context, status), context.Cancellation).GetAwaiter().GetResult();
    }

    private static void Show(CommandContext context, SiloStatus status)
    {
        if (context.Json)
            context.WriteJson(new JsonObject { ["name"] = status.Name, ["endpoint"] = status.Endpoint, ["grains"] = JsonSerializer.SerializeToNode(status.Grains.Select(g => g.Stage.ToString().ToLowerInvariant() + "." + g.Model)) });
        else
            context.Output.WriteLine($"{status.Name} serves {string.Join(", ", status.Grains.Select(g => $"{g.Stage.ToString().ToLowerInvariant()} of {g.Model}"))}; {status.Endpoint}/ready");
        context.Output.Flush();
    }
}
