using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Commands.Cluster;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.LocalCluster;
using MuseCluster.Silo.Configuration;

namespace MuseCluster.Cli.Commands.Tenants;

/// <summary>A command that administers the tenants of a ledger.</summary>
internal abstract class TenantCommand : MuseCommand
{
    private readonly Option<string?> _ledger = ClusterFlags.Ledger("The cluster's ledger. That of the cluster in --folder where not given, or else the embedded silo's.");
    private readonly Option<string?> _folder = ClusterFlags.Folder();

    /// <summary>Names the command.</summary>
    /// <param name="interruption">What stops it.</param>
    /// <param name="name">What the user types.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="named">Whether it takes a tenant's name.</param>
    /// <param name="examples">Whole command lines that help shows.</param>
    protected TenantCommand(Interruption interruption, string name, string description, bool named, params string[] examples)
        : base(interruption, name, description, examples)
    {
        if (named)
            Add(Tenant);
        Add(_ledger);
        Add(_folder);
    }

    /// <summary>The tenant's name.</summary>
    protected Argument<string> Tenant { get; } = new("NAME") { Description = $"The tenant: {NameRule.Expected}." };

    /// <inheritdoc/>
    protected sealed override void Execute(ParseResult parse, CommandContext context) => RunAsync(parse, context).GetAwaiter().GetResult();

    /// <summary>Does the work.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="context">Output and cancellation.</param>
    protected abstract Task ExecuteAsync(ParseResult parse, SqlLedger ledger, CommandContext context);

    /// <summary>The tenant that the command line names.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="UsageException">There is none.</exception>
    protected async Task<Tenant> FindAsync(ParseResult parse, SqlLedger ledger, CancellationToken cancellation) =>
        await ledger.GetTenantAsync(NameOf(parse), cancellation).ConfigureAwait(false)
        ?? throw new UsageException(Tenant.Name, $"there is no tenant '{NameOf(parse)}'; `muse tenants list` shows them, `muse tenants add` makes one");

    /// <summary>The name on the command line.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="UsageException">It is none.</exception>
    protected string NameOf(ParseResult parse) => parse.GetValue(Tenant) is { } name && NameRule.Holds(name)
        ? name
        : throw new UsageException(Tenant.Name, $"'{parse.GetValue(Tenant)}' is no tenant's name; expected {NameRule.Expected}");

    /// <summary>Shows a new key: the only time that anybody sees it.</summary>
    /// <param name="context">Where.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="key">The key.</param>
    protected static void ShowKey(CommandContext context, string tenant, string key)
    {
        if (context.Json)
            context.WriteJson(new JsonObject { ["tenant"] = tenant, ["key"] = key });
        else
        {
            context.Output.WriteLine(key);
            context.Error.WriteLine($"This is the key of tenant {tenant}. It is shown this once; only its hash is kept.");
        }
    }

    /// <summary>A tenant for a program.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="keys">How many keys it has.</param>
    protected static JsonObject Json(Tenant tenant, int keys)
    {
        var json = new JsonObject { ["name"] = tenant.Name, ["weight"] = tenant.Weight, ["keys"] = keys };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(tenant.Limits, RequestJson.Options)!.AsObject())
            json[name] = value?.DeepClone();
        return json;
    }

    private async Task RunAsync(ParseResult parse, CommandContext context)
    {
        var place = parse.GetValue(_ledger) ?? ClusterState.Load(ClusterFlags.FolderOf(parse, _folder))?.Ledger ?? new SiloSettings().Ledger;
        await using var ledger = await SqlLedger.OpenAsync(place, TimeProvider.System, context.Cancellation).ConfigureAwait(false);
        await ExecuteAsync(parse, ledger, context).ConfigureAwait(false);
    }
}
