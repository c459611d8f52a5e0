using System.CommandLine;
using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Shows what the tenant has used, and may use.</summary>
internal sealed class UsageCommand : ServerCommand
{
    private readonly Option<DateOnly?> _from = Day("--from", "The first day.");
    private readonly Option<DateOnly?> _to = Day("--to", "The last day.");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public UsageCommand(Interruption interruption)
        : base(interruption, "usage", "Show what the tenant has used a day, and its limits.", "muse usage", "muse usage --from 2026-01-01 --to 2026-01-31 --json")
    {
        Add(_from);
        Add(_to);
    }

    /// <inheritdoc/>
    protected override void Check(ParseResult parse)
    {
        if (parse.GetValue(_from) is { } from && parse.GetValue(_to) is { } to && to < from)
            throw new UsageException(_to.Name, string.Create(CultureInfo.InvariantCulture, $"'{to:yyyy-MM-dd}' is before {_from.Name} '{from:yyyy-MM-dd}'; expected that day or a later one"));
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var usage = await client.Usage.GetAsync(parse.GetValue(_from), parse.GetValue(_to), context.Cancellation).ConfigureAwait(false);
        if (context.Json)
        {
            context.WriteJson(Json(usage));
            return;
        }
        ResultTable.Write(context, ["day", "pictures>", "steps>", "device s>"], usage.Data.Select(d => Row(d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.Pictures, d.Steps, d.DeviceSeconds))
            .Append(Row("all", usage.Data.Sum(d => d.Pictures), usage.Data.Sum(d => d.Steps), usage.Data.Sum(d => d.DeviceSeconds))));
        if (usage.Limits is not { } limits)
            return;
        await context.Output.WriteLineAsync().ConfigureAwait(false);
        ResultTable.Write(context, ["limit", "value>"], new (string, IFormattable?)[]
        {
            ("weight", limits.Weight), ("requests a minute", limits.RequestsPerMinute), ("pictures running", limits.MaxRunning), ("pictures queued", limits.MaxQueued),
            ("pictures of a batch", limits.MaxBatch), ("days that results stay", limits.RetentionDays),
        }.Select(l => (string[])[l.Item1, l.Item2?.ToString(null, CultureInfo.InvariantCulture) ?? "none"]).Append(["models", limits.Models is null ? "all" : string.Join(", ", limits.Models)]));
    }

    private static string[] Row(string day, long pictures, long steps, double seconds) =>
        [day, pictures.ToString(CultureInfo.InvariantCulture), steps.ToString(CultureInfo.InvariantCulture), seconds.ToString("0.0", CultureInfo.InvariantCulture)];

    private static Option<DateOnly?> Day(string name, string description) => Flag.Parsed<DateOnly?>(
        name, "DAY", description, "a day such as 2026-01-31", text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null);
}
