using System.CommandLine;
using System.Globalization;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cli.Commands.Tenants;

/// <summary>Flags that set what a tenant may do; each leaves its limit as it is where it is not given.</summary>
internal sealed class LimitFlags
{
    private const string None = "none";
    private readonly Option<double?> _weight = Flag.Number("--weight", "Its share of a busy cluster, relative to other tenants. 1 for a new tenant.", 0.001, Tenant.MaxWeight);
    private readonly Option<string?> _requests = Limit("--requests-per-minute", "Requests a minute to each gateway.");
    private readonly Option<string?> _running = Limit("--max-running", "Pictures on their way at once.");
    private readonly Option<string?> _queued = Limit("--max-queued", "Pictures that wait at once.");
    private readonly Option<string?> _batch = Limit("--max-batch", "Pictures of one job or batch.");
    private readonly Option<string?> _retention = Limit("--retention-days", "Days after which jobs and pictures are deleted.");
    private readonly Option<string?> _models = Flag.Parsed<string?>(
        "--allow-models", "MODELS|none", "Models that it may use, separated by commas.", $"names separated by commas, or {None}", text => text == None || text.Split(',').All(NameRule.Holds) ? text : null);

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_weight, _requests, _running, _queued, _batch, _models, _retention];

    /// <summary>A tenant as the flags want it.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="tenant">The tenant as it is.</param>
    public Tenant Apply(ParseResult parse, Tenant tenant) => tenant with
    {
        Weight = parse.GetValue(_weight) ?? tenant.Weight,
        Limits = new TenantLimits
        {
            RequestsPerMinute = Value(parse, _requests, tenant.Limits.RequestsPerMinute),
            MaxRunning = Value(parse, _running, tenant.Limits.MaxRunning),
            MaxQueued = Value(parse, _queued, tenant.Limits.MaxQueued),
            MaxBatch = Value(parse, _batch, tenant.Limits.MaxBatch),
            RetentionDays = Value(parse, _retention, tenant.Limits.RetentionDays),
            Models = parse.GetValue(_models) switch { null => tenant.Limits.Models, None => null, var list => list.Split(',') },
        },
    };

    /// <summary>Whether any is given.</summary>
    /// <param name="parse">The command line.</param>
    public bool Given(ParseResult parse) => All.Any(option => parse.GetResult(option) is { Implicit: false });

    private static Option<string?> Limit(string name, string description) =>
        Flag.Parsed<string?>(name, "N|none", description, $"a whole number from 1 to {int.MaxValue}, or {None}", text => text == None || Number(text) is >= 1 ? text : null);

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Value(ParseResult parse, Option<string?> option, int? old) => parse.GetValue(option) switch { null => old, None => null, var text => Number(text) };
}
