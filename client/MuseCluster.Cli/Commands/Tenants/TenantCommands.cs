using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cli.Commands.Tenants;

/// <summary>Makes a tenant and its key.</summary>
internal sealed class TenantAddCommand : TenantCommand
{
    private readonly LimitFlags _limits = new();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public TenantAddCommand(Interruption interruption)
        : base(
            interruption, "add", "Make a tenant and show its key, or give a tenant that is there another key.", named: true,
            "muse tenants add alice", "muse tenants add bob --weight 2 --requests-per-minute 600 --max-queued 10000", "muse tenants add carol --ledger postgres://muse@db/muse")
    {
        foreach (var option in _limits.All)
            Add(option);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(ParseResult parse, SqlLedger ledger, CommandContext context)
    {
        var name = NameOf(parse);
        var known = await ledger.GetTenantAsync(name, context.Cancellation).ConfigureAwait(false);
        if (known is null || _limits.Given(parse))
            await ledger.PutTenantAsync(_limits.Apply(parse, known ?? new Tenant(name)), context.Cancellation).ConfigureAwait(false);
        var (key, record) = ApiKey.Create();
        await ledger.AddKeyAsync(name, record, only: false, context.Cancellation).ConfigureAwait(false);
        ShowKey(context, name, key);
    }
}

/// <summary>Gives a tenant a new key and ends the others.</summary>
/// <param name="interruption">What stops it.</param>
internal sealed class TenantRotateCommand(Interruption interruption)
    : TenantCommand(interruption, "rotate", "Give a tenant a new key; all others of it end within a second.", named: true, "muse tenants rotate alice")
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(ParseResult parse, SqlLedger ledger, CommandContext context)
    {
        var tenant = await FindAsync(parse, ledger, context.Cancellation).ConfigureAwait(false);
        var (key, record) = ApiKey.Create();
        await ledger.AddKeyAsync(tenant.Name, record, only: true, context.Cancellation).ConfigureAwait(false);
        ShowKey(context, tenant.Name, key);
    }
}

/// <summary>Ends all keys of a tenant.</summary>
/// <param name="interruption">What stops it.</param>
internal sealed class TenantRevokeCommand(Interruption interruption)
    : TenantCommand(interruption, "revoke", "End all keys of a tenant, within a second. Its jobs go on, and its pictures stay.", named: true, "muse tenants revoke alice")
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(ParseResult parse, SqlLedger ledger, CommandContext context)
    {
        var tenant = await FindAsync(parse, ledger, context.Cancellation).ConfigureAwait(false);
        var keys = await ledger.RevokeKeysAsync(tenant.Name, context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(new JsonObject { ["tenant"] = tenant.Name, ["revoked"] = keys });
        else
            context.Output.WriteLine($"{keys} {(keys == 1 ? "key" : "keys")} of tenant {tenant.Name} ended");
    }
}

/// <summary>Shows or changes what a tenant may do.</summary>
internal sealed class TenantLimitsCommand : TenantCommand
{
    private readonly LimitFlags _limits = new();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public TenantLimitsCommand(Interruption interruption)
        : base(
            interruption, "limits", "Show what a tenant may do, and change what is given; none takes a limit away.", named: true,
            "muse tenants limits alice", "muse tenants limits alice --weight 4 --max-running 32 --retention-days none")
    {
        foreach (var option in _limits.All)
            Add(option);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(ParseResult parse, SqlLedger ledger, CommandContext context)
    {
        var tenant = _limits.Apply(parse, await FindAsync(parse, ledger, context.Cancellation).ConfigureAwait(false));
        if (_limits.Given(parse))
            await ledger.PutTenantAsync(tenant, context.Cancellation).ConfigureAwait(false);
        await TenantListCommand.ShowAsync([tenant], ledger, context, single: true).ConfigureAwait(false);
    }
}

/// <summary>Lists tenants.</summary>
/// <param name="interruption">What stops it.</param>
internal sealed class TenantListCommand(Interruption interruption)
    : TenantCommand(interruption, "list", "List the tenants with their keys' number, weight and limits.", named: false, "muse tenants list", "muse tenants list --json")
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(ParseResult parse, SqlLedger ledger, CommandContext context) =>
        await ShowAsync(await ledger.GetTenantsAsync(context.Cancellation).ConfigureAwait(false), ledger, context, single: false).ConfigureAwait(false);

    /// <summary>Shows tenants.</summary>
    /// <param name="tenants">The tenants.</param>
    /// <param name="ledger">Has their keys.</param>
    /// <param name="context">Where.</param>
    /// <param name="single">Whether a program gets an object rather than an array.</param>
    internal static async Task ShowAsync(IReadOnlyList<Tenant> tenants, SqlLedger ledger, CommandContext context, bool single)
    {
        var keys = await ledger.CountKeysAsync(context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(single ? Json(tenants[0], keys.GetValueOrDefault(tenants[0].Name)) : new JsonArray([.. tenants.Select(t => Json(t, keys.GetValueOrDefault(t.Name)))]));
        else if (tenants.Count == 0)
            context.Output.WriteLine("no tenants yet; make one with: muse tenants add NAME");
        else
            ResultTable.Write(context, ["tenant", "keys>", "weight>", "requests/min>", "running>", "queued>", "batch>", "days>", "models"], tenants.Select(t => (string[])
            [
                t.Name, Text(keys.GetValueOrDefault(t.Name)), t.Weight.ToString(CultureInfo.InvariantCulture), Text(t.Limits.RequestsPerMinute), Text(t.Limits.MaxRunning), Text(t.Limits.MaxQueued),
                Text(t.Limits.MaxBatch), Text(t.Limits.RetentionDays), t.Limits.Models is { } models ? string.Join(' ', models) : "any",
            ]));
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "any";
}
