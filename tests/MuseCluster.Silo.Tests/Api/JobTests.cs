using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class JobTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task A_job_is_made_and_its_items_tell_request_picture_and_manifest()
    {
        var http = await gateway.ClientOfAsync("ada");
        var job = await GatewayFixture.SubmitAsync(http, 3);
        var done = await GatewayFixture.WaitAsync(http, job, j => (string)j["status"]! == "done");
        Assert.Equal((3, 3), ((int)done["counts"]!["total"]!, (int)done["counts"]!["done"]!));
        var page = await GatewayFixture.JsonAsync(await http.GetAsync($"jobs/{job}/items?limit=2"));
        Assert.Equal([0, 1], page["data"]!.AsArray().Select(i => (int)i!["index"]!));
        Assert.True((bool)page["has_more"]!);
        var rest = await GatewayFixture.JsonAsync(await http.GetAsync($"jobs/{job}/items?limit=2&after=1"));
        Assert.Equal([2], rest["data"]!.AsArray().Select(i => (int)i!["index"]!));
        var item = await GatewayFixture.JsonAsync(await http.GetAsync($"jobs/{job}/items/2"));
        Assert.Equal(("done", "a red circle", 2), ((string)item["state"]!, (string)item["request"]!["prompt"]!, (int)item["request"]!["picture"]!));
        using var anybody = new HttpClient();
        Assert.Equal("image/png", (await anybody.GetAsync((string)item["picture_url"]!)).Content.Headers.ContentType!.MediaType);
        Assert.Equal(job, ((string)JsonNode.Parse(await anybody.GetStringAsync((string)item["manifest_url"]!))!["item"]!)[..32]);
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page()
    {
        var http = await gateway.ClientOfAsync("lister");
        var jobs = new List<string>();
        for (var i = 0; i < 3; i++)
            jobs.Add(await GatewayFixture.SubmitAsync(http, 1));
        var page = await GatewayFixture.JsonAsync(await http.GetAsync("jobs?limit=2"));
        Assert.Equal([jobs[2], jobs[1]], page["data"]!.AsArray().Select(j => (string)j!["id"]!));
        Assert.True((bool)page["has_more"]!);
        var last = await GatewayFixture.JsonAsync(await http.GetAsync($"jobs?limit=2&after={jobs[1]}"));
        Assert.Equal([jobs[0]], last["data"]!.AsArray().Select(j => (string)j!["id"]!));
        Assert.False((bool)last["has_more"]!);
    }

    [Fact]
    public async Task A_job_is_paused_resumed_and_cancelled()
    {
        // Nothing of it can start.
        var http = await gateway.ClientOfAsync("pauser", new TenantLimits { MaxRunning = 1 });
        var busy = await GatewayFixture.SubmitAsync(http, 1, "interactive", steps: 1000);
        await GatewayFixture.WaitAsync(http, busy, j => (int)j["counts"]!["running"]! == 1);
        var job = await GatewayFixture.SubmitAsync(http, 4);
        Assert.Equal("paused", (string)(await SteerAsync("pause"))["status"]!);
        Assert.Equal(4, (int)(await SteerAsync("resume"))["counts"]!["queued"]!);
        Assert.Equal("cancelled", (string)(await SteerAsync("cancel"))["status"]!);
        await http.PostAsync($"jobs/{busy}/cancel", null);

        async Task<JsonNode> SteerAsync(string verb) => await GatewayFixture.JsonAsync(await http.PostAsync($"jobs/{job}/{verb}", null));
    }

    [Fact]
    public async Task Failed_items_tell_why_and_are_retried()
    {
        var http = await gateway.ClientOfAsync("failer", new TenantLimits { MaxRunning = 1 });
        var busy = await GatewayFixture.SubmitAsync(http, 1, "interactive", steps: 1000);
        await GatewayFixture.WaitAsync(http, busy, j => (int)j["counts"]!["running"]! == 1);
        var job = await GatewayFixture.SubmitAsync(http, 2);
        await gateway.Ledger.EndAsync([Outcome.Failed(new ItemId(Guid.ParseExact(job, "N"), 1), "the shapes were poisonous")]);
        Assert.Equal("the shapes were poisonous", (string)(await GatewayFixture.JsonAsync(await http.GetAsync($"jobs/{job}/items/1")))["reason"]!);
        await http.PostAsync($"jobs/{busy}/cancel", null);
        await GatewayFixture.WaitAsync(http, job, j => (string)j["status"]! == "failed");
        await http.PostAsync($"jobs/{job}/retry", null);
        Assert.Equal(2, (int)(await GatewayFixture.WaitAsync(http, job, j => (string)j["status"]! == "done"))["counts"]!["done"]!);
    }

    [Fact]
    public async Task Events_show_steps_previews_and_the_end_and_a_later_listener_hears_the_end()
    {
        var http = await gateway.ClientOfAsync("watcher");
        var job = await GatewayFixture.SubmitAsync(http, 1, "interactive", steps: 200);
        var events = await EventsAsync(http, job, null);
        var items = events.Where(e => e.EventType == "item").Select(e => JsonNode.Parse(e.Data)!).ToList();
        Assert.Equal(("done", true), ((string)items[^1]["state"]!, ((string)items[^1]["picture_url"]!).StartsWith("http://127.0.0.1", StringComparison.Ordinal)));
        var running = items.Where(i => (string)i["state"]! == "running").ToList();
        Assert.Contains(running, i => (string?)i["stage"] == "base" && (int)i["steps"]! == 200);
        Assert.True(running.Select(i => (string?)i["preview"]).Where(p => p is not null).Distinct().Count() >= 3);
        Assert.Equal("done", (string)JsonNode.Parse(events[^1].EventType == "job" ? events[^1].Data : events.Last(e => e.EventType == "job").Data)!["status"]!);
        var later = await EventsAsync(http, job, events[0].EventId);
        Assert.Equal("done", (string)JsonNode.Parse(Assert.Single(later, e => e.EventType == "item").Data)!["state"]!);
        Assert.DoesNotContain(await EventsAsync(http, job, "99999999999999"), e => e.EventType == "item");
    }

    [Fact]
    public async Task Of_a_large_job_every_end_since_the_last_event_is_told_once()
    {
        var http = await gateway.ClientOfAsync("large", new TenantLimits { MaxRunning = 1 });
        var busy = await GatewayFixture.SubmitAsync(http, 1, "interactive", steps: 1000);
        await GatewayFixture.WaitAsync(http, busy, j => (int)j["counts"]!["running"]! == 1);
        var job = await GatewayFixture.SubmitAsync(http, 2500);
        var id = Guid.ParseExact(job, "N");
        await gateway.Ledger.EndAsync([.. Enumerable.Range(0, 2500).Select(i => Outcome.Failed(new ItemId(id, i), "no"))]);
        var events = await EventsAsync(http, job, "1");
        Assert.Equal(Enumerable.Range(0, 2500), events.Where(e => e.EventType == "item").Select(e => (int)JsonNode.Parse(e.Data)!["index"]!).Order());
        await http.PostAsync($"jobs/{busy}/cancel", null);
    }

    [Fact]
    public async Task A_waiting_item_tells_how_many_are_ahead()
    {
        var http = await gateway.ClientOfAsync("waiter", new TenantLimits { MaxRunning = 1 });
        var busy = await GatewayFixture.SubmitAsync(http, 1, steps: 1000);
        await GatewayFixture.WaitAsync(http, busy, j => (int)j["counts"]!["running"]! == 1);
        await GatewayFixture.SubmitAsync(http, 5);
        var job = await GatewayFixture.SubmitAsync(http, 1);
        using var response = await http.GetAsync($"jobs/{job}/events", HttpCompletionOption.ResponseHeadersRead);
        await foreach (var e in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            if (e.EventType == "item")
            {
                Assert.Equal(5, (int)JsonNode.Parse(e.Data)!["ahead"]!);
                break;
            }
        foreach (var each in (await GatewayFixture.JsonAsync(await http.GetAsync("jobs")))["data"]!.AsArray())
            await http.PostAsync($"jobs/{(string)each!["id"]!}/cancel", null);
    }

    [Fact]
    public async Task Usage_counts_what_was_made_and_tells_the_limits()
    {
        var http = await gateway.ClientOfAsync("user", new TenantLimits { MaxQueued = 77 });
        await GatewayFixture.WaitAsync(http, await GatewayFixture.SubmitAsync(http, 2), j => (string)j["status"]! == "done");
        var usage = await GatewayFixture.JsonAsync(await http.GetAsync("usage"));
        var day = Assert.Single(usage["data"]!.AsArray())!;
        Assert.Equal((2, 6), ((int)day["pictures"]!, (int)day["steps"]!));
        Assert.True((double)day["device_seconds"]! > 0);
        Assert.Equal(77, (int)usage["limits"]!["max_queued"]!);
        Assert.Null(usage["limits"]!["max_batch"]);
    }

    [Fact]
    public async Task The_cluster_shows_silos_roles_and_grains()
    {
        var cluster = await GatewayFixture.JsonAsync(await gateway.Http.GetAsync("silos"));
        var silo = Assert.Single(cluster["data"]!.AsArray())!;
        Assert.Equal(["text", "base", "superres", "pixels", "gateway"], silo["roles"]!.AsArray().Select(r => (string)r!));
        Assert.Equal(["text", "base", "superres", "pixels"], silo["grains"]!.AsArray().Select(g => (string)g!["stage"]!));
        Assert.Equal(4, cluster["queues"]!.AsArray().Count);
    }

    private static async Task<List<SseItem<string>>> EventsAsync(HttpClient http, string job, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"jobs/{job}/events");
        if (last is not null)
            request.Headers.Add("Last-Event-ID", last);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = new List<SseItem<string>>();
        await foreach (var e in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add(e);
        return events;
    }
}
