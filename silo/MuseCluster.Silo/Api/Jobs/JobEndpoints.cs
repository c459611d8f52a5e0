using System.Globalization;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>Jobs: submitting them, looking at them, steering them.</summary>
internal static class JobEndpoints
{
    private const int DefaultPage = 20;
    private const int LargestPage = 1000;
    private const int ReadAtOnce = 16;

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What they work with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway)
    {
        var jobs = routes.MapGroup("/jobs").WithTags("jobs");
        jobs.MapPost("", Handler.Of(http => SubmitAsync(http, gateway()))).WithSummary("Submit a job").Accepts<JobBody>("application/json").Produces<JobAnswer>(StatusCodes.Status201Created);
        jobs.MapGet("", Handler.Of(http => ListAsync(http, gateway()))).WithSummary("Jobs, the newest first; limit, after").Produces<ListAnswer<JobAnswer>>();
        jobs.MapGet("/{id}", async (HttpContext http, string id) => Answer(await FindAsync(http, gateway(), id).ConfigureAwait(false))).WithSummary("A job").Produces<JobAnswer>();
        Steer("cancel", "Cancel what has not ended", (ledger, job, c) => ledger.CancelAsync(job, c));
        Steer("pause", "Hold back what waits", (ledger, job, c) => ledger.PauseAsync(job, c));
        Steer("resume", "Let go on what was held back", (ledger, job, c) => ledger.ResumeAsync(job, c));
        Steer("retry", "Make the failed items once more", (ledger, job, c) => ledger.RetryAsync(job, c));
        jobs.MapGet("/{id}/items", (HttpContext http, string id) => ItemsAsync(http, gateway(), id)).WithSummary("A job's items, by index; limit, after").Produces<ListAnswer<ItemAnswer>>();
        jobs.MapGet("/{id}/items/{index}", (HttpContext http, string id, string index) => ItemAsync(http, gateway(), id, index)).WithSummary("An item").Produces<ItemAnswer>();
        jobs.MapGet("/{id}/events", async (HttpContext http, string id) => JobEvents.Follow(http, gateway(), await FindAsync(http, gateway(), id).ConfigureAwait(false)))
            .WithSummary("What happens to a job, as server-sent events; Last-Event-ID").Produces<string>(StatusCodes.Status200OK, "text/event-stream");

        void Steer(string verb, string summary, Func<ILedger, Guid, CancellationToken, Task<int>> steer) => jobs.MapPost("/{id}/" + verb, async (HttpContext http, string id) =>
        {
            var job = await FindAsync(http, gateway(), id).ConfigureAwait(false);
            await steer(gateway().Ledger, job.Id, http.RequestAborted).ConfigureAwait(false);
            return Answer(await FindAsync(http, gateway(), id).ConfigureAwait(false));
        }).WithSummary(summary).Produces<JobAnswer>();
    }

    /// <summary>A tenant's own job.</summary>
    /// <param name="http">The request.</param>
    /// <param name="gateway">Has the ledger.</param>
    /// <param name="id">The job's id as it was named.</param>
    /// <exception cref="ApiException">There is none, or it is another's.</exception>
    public static async Task<JobStatus> FindAsync(HttpContext http, Gateway gateway, string id) =>
        Guid.TryParseExact(id, "N", out var guid) && await gateway.Ledger.GetJobAsync(guid, http.RequestAborted).ConfigureAwait(false) is { } job && job.Tenant == http.Tenant().Name
            ? job
            : throw ApiException.NotFound($"job '{(id.Length > 40 ? id[..40] + "..." : id)}'", "id");

    /// <summary>An item's URL and all.</summary>
    /// <param name="http">The request.</param>
    /// <param name="gateway">Has the artifacts.</param>
    /// <param name="item">The item.</param>
    public static async Task<ItemAnswer> TellAsync(HttpContext http, Gateway gateway, ItemStatus item) => new(
        item.Item.Id.Index,
        item.Item.Id.Job.ToString("N"),
        item.State,
        RequestAnswer.Of(item.Item.Request),
        item.State == ItemState.Done ? gateway.Urls.Url(http, await gateway.Pictures.PathAsync(item, http.RequestAborted).ConfigureAwait(false)) : null,
        item.State == ItemState.Done ? gateway.Urls.Url(http, item.Result!) : null,
        item.Reason,
        Times.Seconds(item.Created),
        item.Dispatched is { } dispatched ? Times.Seconds(dispatched) : null,
        item.Ended is { } ended ? Times.Seconds(ended) : null);

    private static IResult Answer(JobStatus job) => Results.Json(JobAnswer.Of(job), ApiJson.Options);

    private static async Task<IResult> SubmitAsync(HttpContext http, Gateway gateway)
    {
        using var body = await JsonBody.ReadAsync(http, JobRequest.Largest).ConfigureAwait(false);
        var tenant = http.Tenant().Name;
        var key = IdempotencyKey.Id(http, tenant);
        var job = JobRequest.Read(new JsonFields(body.RootElement), gateway, key ?? Guid.CreateVersion7(), tenant, IdempotencyKey.Seed(key ?? Guid.NewGuid()));
        await IdempotencyKey.SubmitAsync(gateway.Ledger, job, http.RequestAborted).ConfigureAwait(false);
        var status = (await gateway.Ledger.GetJobAsync(job.Id, http.RequestAborted).ConfigureAwait(false))!;
        http.Response.Headers.Location = $"/v1/jobs/{job.Id:N}";
        return Results.Json(JobAnswer.Of(status), ApiJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(HttpContext http, Gateway gateway)
    {
        var limit = Page.Limit(http, DefaultPage, LargestPage);
        Guid? after = http.Request.Query["after"] is { Count: > 0 } text ? (await FindAsync(http, gateway, text.ToString()).ConfigureAwait(false)).Id : null;
        var jobs = await gateway.Ledger.GetJobsAsync(http.Tenant().Name, limit + 1, after, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(new ListAnswer<JobAnswer>([.. jobs.Take(limit).Select(JobAnswer.Of)], jobs.Count > limit), ApiJson.Options);
    }

    private static async Task<IResult> ItemsAsync(HttpContext http, Gateway gateway, string id)
    {
        var job = await FindAsync(http, gateway, id).ConfigureAwait(false);
        var limit = Page.Limit(http, DefaultPage, LargestPage);
        var from = http.Request.Query["after"] is { Count: > 0 } text
            ? int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < int.MaxValue ? index + 1 : throw ApiException.Invalid("after", "is no item's index, expected a whole number")
            : 0;
        var items = await gateway.Ledger.GetItemsAsync(job.Id, from, limit + 1, http.RequestAborted).ConfigureAwait(false);
        var answers = new ItemAnswer[Math.Min(items.Count, limit)];
        // Where an item is done, its manifest is read.
        await Parallel.ForAsync(0, answers.Length, new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = http.RequestAborted }, async (i, _) =>
            answers[i] = await TellAsync(http, gateway, items[i]).ConfigureAwait(false)).ConfigureAwait(false);
        return Results.Json(new ListAnswer<ItemAnswer>(answers, items.Count > limit), ApiJson.Options);
    }

    private static async Task<IResult> ItemAsync(HttpContext http, Gateway gateway, string id, string index)
    {
        var job = await FindAsync(http, gateway, id).ConfigureAwait(false);
        var item = int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? await gateway.Ledger.GetItemsAsync(job.Id, number, 1, http.RequestAborted).ConfigureAwait(false) : [];
        return item is [var found] && found.Item.Id.Index == number
            ? Results.Json(await TellAsync(http, gateway, found).ConfigureAwait(false), ApiJson.Options)
            : throw ApiException.NotFound($"item '{(index.Length > 20 ? index[..20] + "..." : index)}' in job {id}; it has {job.Items}", "index");
    }
}
