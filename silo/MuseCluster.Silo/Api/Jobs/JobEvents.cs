using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Images;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>
/// What happens to a job, as a stream. Steps and previews are told as they are heard, and may be lost; the ends of items are
/// told from the ledger, after a lost connection those that came meanwhile.
/// </summary>
internal static class JobEvents
{
    private const int Small = 1000;
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskSoon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    /// <summary>Follows a job to its end.</summary>
    /// <param name="http">The request.</param>
    /// <param name="gateway">What it works with.</param>
    /// <param name="job">The job.</param>
    public static IResult Follow(HttpContext http, Gateway gateway, JobStatus job)
    {
        var since = long.TryParse(http.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Min(last, 253_402_300_799_999)) : DateTimeOffset.MinValue;
        return TypedResults.ServerSentEvents(EventsAsync(http, gateway, job, since, http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<JsonNode?>> EventsAsync(HttpContext http, Gateway gateway, JobStatus job, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var following = gateway.Events.Follow(job.Id);
        var ends = new EndedItems(gateway.Ledger, job.Id, since);
        // An end that was heard is looked up soon; of a large job many are heard, and each look goes over all its items.
        var soon = job.Items <= Small ? AskSoon : Ask;
        var (asked, told, spoken, ended) = (DateTimeOffset.MinValue, default(JobStatus), gateway.Time.GetUtcNow(), false);
        int? ahead = null;
        while (true)
        {
            var now = gateway.Time.GetUtcNow();
            if (now - asked >= (ended ? soon : Ask))
            {
                (asked, ended) = (now, false);
                job = await gateway.Ledger.GetJobAsync(job.Id, cancellation).ConfigureAwait(false) ?? job;
                if (job != told)
                {
                    (told, spoken) = (job, now);
                    yield return Event("job", JobAnswer.Of(job), now);
                    await foreach (var item in ends.NextAsync(now, cancellation).ConfigureAwait(false))
                        yield return Event("item", await EndAsync(http, gateway, item).ConfigureAwait(false), now);
                }
                if (job.Ended)
                {
                    await foreach (var item in ends.RestAsync(job.Done + job.Failed + job.Cancelled, cancellation).ConfigureAwait(false))
                        yield return Event("item", await EndAsync(http, gateway, item).ConfigureAwait(false), now);
                    yield break;
                }
                if (job.Queued > 0 && await gateway.Ledger.CountAheadAsync(job.Id, cancellation).ConfigureAwait(false) is var before && before != ahead)
                {
                    ahead = before;
                    if (job.Queued == job.Items)
                        yield return Event("item", new ItemProgress(0, ItemState.Queued, null, 0, 0, null, null, null, ahead), now);
                }
            }
            if (now - spoken >= Quiet)
            {
                spoken = now;
                yield return new SseItem<JsonNode?>(null, "ping");
            }
            await following.WaitAsync(ended ? soon : Ask, gateway.Time, cancellation).ConfigureAwait(false);
            // Of an item only the last that was heard is told, or a slow reader would lag behind.
            var heard = new Dictionary<int, ItemEvent>();
            while (following.Reader.TryRead(out var e))
                heard[e.Item.Index] = e;
            ended |= heard.Values.Any(e => e.State != ItemState.Running);
            foreach (var e in heard.Values.Where(e => e.State == ItemState.Running).OrderBy(e => e.Item.Index))
            {
                spoken = gateway.Time.GetUtcNow();
                yield return Event("item", await StepAsync(gateway, job, e, cancellation).ConfigureAwait(false), spoken);
            }
        }
    }

    private static async Task<ItemProgress> StepAsync(Gateway gateway, JobStatus job, ItemEvent e, CancellationToken cancellation) => new(
        e.Item.Index, e.State, e.Stage?.Name(), e.Step, e.Steps, await gateway.Previews.DrawAsync(job.Model, e.Grid, request: null, cancellation).ConfigureAwait(false), null, null, null);

    private static async Task<ItemProgress> EndAsync(HttpContext http, Gateway gateway, ItemStatus item) => new(
        item.Item.Id.Index, item.State, null, 0, 0, null, item.Reason,
        item.State == ItemState.Done ? gateway.Urls.Url(http, await gateway.Pictures.PathAsync(item, http.RequestAborted).ConfigureAwait(false)) : null, null);

    private static SseItem<JsonNode?> Event<T>(string type, T data, DateTimeOffset now) => new(JsonSerializer.SerializeToNode(data, ApiJson.Options), type)
    {
        EventId = (now - EndedItems.Overlap).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
    };
}
