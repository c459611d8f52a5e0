using System.Globalization;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Jobs;
using MuseCluster.Silo.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseCluster.Silo.Api.Overview;

/// <summary>The silos with their loads, the queues, and a tenant's own usage.</summary>
internal static class ClusterEndpoints
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(15);
    private const int UsualDays = 30;

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What they work with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway)
    {
        routes.MapGet("/silos", Handler.Of(http => SilosAsync(http, gateway()))).WithSummary("Silos, queues, and what the tenant has waiting").WithTags("cluster").Produces<SilosAnswer>();
        routes.MapGet("/usage", Handler.Of(http => UsageAsync(http, gateway()))).WithSummary("What the tenant has had, and may have; from, to").WithTags("cluster").Produces<UsageAnswer>();
    }

    private static async Task<IResult> SilosAsync(HttpContext http, Gateway gateway)
    {
        var silos = await gateway.Ledger.GetSilosAsync(Lately, http.RequestAborted).ConfigureAwait(false);
        var backlog = await gateway.Ledger.GetBacklogAsync(http.RequestAborted).ConfigureAwait(false);
        var depths = await gateway.Mesh.GetDepthsAsync(http.RequestAborted).ConfigureAwait(false);
        return Results.Json(
            new SilosAnswer(
                [.. silos.Select(Silo)],
                [.. depths.OrderBy(d => d.Key.Model, StringComparer.Ordinal).ThenBy(d => d.Key.Stage).Select(d => new QueueAnswer(d.Key.Stage.Name(), d.Key.Model, d.Value))],
                [.. backlog.Where(b => b.Queue.Tenant == http.Tenant().Name).Select(b => new BacklogAnswer(b.Queue.Tenant, b.Queue.Model, b.Queue.Class, b.Queued, b.Running))]),
            ApiJson.Options);
    }

    private static SiloAnswer Silo(SiloStatus silo) => new(
        silo.Name, silo.Version, Times.Seconds(silo.Started), Times.Seconds(silo.Seen), silo.Draining,
        [.. silo.Grains.Select(g => g.Stage.Name()).Distinct(), .. silo.Gateway ? new[] { "gateway" } : []],
        [.. silo.Grains.Select(g => new GrainAnswer(g.Stage.Name(), g.Model, g.Capacity, g.Running, g.Finished))]);

    private static async Task<IResult> UsageAsync(HttpContext http, Gateway gateway)
    {
        var tenant = http.Tenant();
        var today = DateOnly.FromDateTime(gateway.Time.GetUtcNow().UtcDateTime);
        var (from, to) = (Day("from", today.AddDays(1 - UsualDays)), Day("to", today));
        if (from > to)
            throw ApiException.Invalid("from", $"is {from:yyyy-MM-dd}, expected a day not after {to:yyyy-MM-dd}");
        var days = await gateway.Ledger.GetUsageAsync(tenant.Name, from, to, http.RequestAborted).ConfigureAwait(false);
        var limits = tenant.Limits;
        return Results.Json(
            new UsageAnswer(
                [.. days.Select(d => new UsageDay(d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.Pictures, d.Steps, d.DeviceSeconds))],
                new LimitsAnswer(tenant.Weight, limits.RequestsPerMinute, limits.MaxRunning, limits.MaxQueued, limits.MaxBatch, limits.Models, limits.RetentionDays)),
            ApiJson.Options);

        DateOnly Day(string name, DateOnly usual) => http.Request.Query[name] is not { Count: > 0 } text ? usual
            : DateOnly.TryParseExact(text.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw ApiException.Invalid(name, "is no day, expected YYYY-MM-DD");
    }
}
