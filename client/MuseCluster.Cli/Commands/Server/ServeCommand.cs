using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Runs a silo that is a whole cluster by itself: every stage, the API and the page.</summary>
internal sealed class ServeCommand : MuseCommand
{
    // What makes a silo a part of a larger cluster.
    private static readonly string[] OfClusters = ["roles", "mesh", "mesh-ca", "faults"];
    private readonly SiloFlags _flags = new(SiloSetting.All.Where(s => !OfClusters.Contains(s.Name)));

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What tells it to stop.</param>
    public ServeCommand(Interruption interruption)
        : base(
            interruption, "serve", "Serve pictures from this machine alone, with the web page and the HTTP API, until Ctrl-C. `muse silo` runs a part of a larger cluster.",
            "muse serve",
            "muse serve --urls http://127.0.0.1:9000 --blobs pictures",
            "muse serve --urls http://0.0.0.0:8080 --ledger sqlite:/var/lib/muse/ledger.db")
    {
        foreach (var option in _flags.All)
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var settings = _flags.Read(parse) with { Stages = StageNames.All, Gateway = true, Mesh = InProcessEngine.Name, MeshCa = null };
        SiloProcess.RunAsync(settings, status => Show(context, settings, status), context.Cancellation).GetAwaiter().GetResult();
    }

    private static void Show(CommandContext context, SiloSettings settings, SiloStatus status)
    {
        var page = Reachable(new Uri(status.Endpoint));
        var needsKey = settings.Admits == AccessMode.Keys;
        var models = status.Grains.Select(g => g.Model).Distinct().ToList();
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["name"] = status.Name, ["page"] = page.ToString(), ["api"] = new Uri(page, "v1").ToString(), ["models"] = new JsonArray([.. models.Select(m => (JsonNode)m)]),
            });
            context.Output.Flush();
            return;
        }
        var key = needsKey ? " -H \"Authorization: Bearer $MUSE_KEY\"" : "";
        context.Output.WriteLine($"{string.Join(", ", models)} {(models.Count == 1 ? "is" : "are")} served.");
        context.Output.WriteLine($"  page  {page}");
        context.Output.WriteLine($"  API   {new Uri(page, "v1")}");
        context.Output.WriteLine($"  try   curl {new Uri(page, "v1/images/generations")}{key} -H 'Content-Type: application/json' -d '{{\"prompt\": \"a red circle above a blue square\", \"response_format\": \"url\"}}'");
        context.Output.WriteLine(needsKey ? "Every call needs a key, which `muse tenants add NAME` makes. Ctrl-C ends it." : "Ctrl-C ends it.");
        context.Output.Flush();
    }

    // What is listened on may be every address, which is none to go to.
    private static Uri Reachable(Uri endpoint)
    {
        var any = endpoint.Host is "*" or "+" || (IPAddress.TryParse(endpoint.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
        return any ? new UriBuilder(endpoint) { Host = "localhost" }.Uri : endpoint;
    }
}
