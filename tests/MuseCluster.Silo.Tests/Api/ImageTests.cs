using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pictures;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class ImageTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _http = gateway.Http;

    [Fact]
    public async Task A_prompt_gives_pictures_in_base64_that_are_the_same_for_the_same_seed()
    {
        var first = await GenerateAsync(new { prompt = "a red circle", n = 2, seed = 5, steps = 3, sr_steps = 2, size = "128x128", quality = "hd" });
        var second = await GenerateAsync(new { prompt = "a red circle", n = 2, seed = 5, steps = 3, sr_steps = 2, response_format = "b64_json" });
        var pictures = first["data"]!.AsArray().Select(d => Convert.FromBase64String((string)d!["b64_json"]!)).ToList();
        Assert.Equal(2, pictures.Count);
        Assert.All(pictures, p => Assert.Equal((128, 128), (Png.Decode(p).Picture.Width, Png.Decode(p).Picture.Height)));
        Assert.NotEqual(pictures[0], pictures[1]);
        Assert.Equal(first["data"]!.ToJsonString(), second["data"]!.ToJsonString());
        Assert.Equal(("128x128", "png"), ((string)first["size"]!, (string)first["output_format"]!));
    }

    [Fact]
    public async Task A_picture_by_url_is_read_without_a_key()
    {
        var answer = await GenerateAsync(new { prompt = "a red circle", steps = 1, sr_steps = 1, response_format = "url" });
        Assert.Null(answer["data"]![0]!["b64_json"]);
        using var anybody = new HttpClient();
        var response = await anybody.GetAsync((string)answer["data"]![0]!["url"]!);
        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(128, Png.Decode(await response.Content.ReadAsByteArrayAsync()).Picture.Width);
    }

    [Fact]
    public async Task A_stream_shows_each_picture_forming_before_it_is_complete()
    {
        var events = await StreamAsync(new { prompt = "a blue square", n = 2, seed = 3, stream = true, partial_images = 3 });
        foreach (var index in new[] { 0, 1 })
        {
            var mine = events.Where(e => (int)e["index"]! == index).ToList();
            Assert.Equal(["image_generation.partial_image", "image_generation.partial_image", "image_generation.partial_image", "image_generation.completed"], mine.Select(e => (string)e["type"]!));
            Assert.Equal([0, 1, 2], mine.Take(3).Select(e => (int)e["partial_image_index"]!));
            Assert.Equal(4, mine.Select(e => (string)e["b64_json"]!).Distinct().Count());
        }
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_first_answer_and_another_body_is_refused()
    {
        var body = new { prompt = "a green ring", steps = 1, sr_steps = 1 };
        var first = await GenerateAsync(body, "once");
        var again = await GenerateAsync(body, "once");
        Assert.Equal((string)first["job"]!, (string)again["job"]!);
        Assert.Equal(first["data"]!.ToJsonString(), again["data"]!.ToJsonString());
        Assert.NotEqual((string)first["job"]!, (string)(await GenerateAsync(body, "twice"))["job"]!);
        using var other = Post(new { prompt = "another ring", steps = 1, sr_steps = 1 }, "once");
        var refused = await _http.SendAsync(other);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("idempotency_key_reused", (string)(await GatewayFixture.JsonAsync(refused))["error"]!["code"]!);
    }

    [Fact]
    public async Task A_request_that_nobody_waits_for_is_cancelled()
    {
        using var leave = new CancellationTokenSource();
        using var request = Post(new { prompt = "a red circle", n = 10, steps = 1000, sr_steps = 1000 });
        var answer = _http.SendAsync(request, leave.Token);
        using var patience = new CancellationTokenSource(GatewayFixture.Patience);
        JobStatus? job;
        while ((job = (await gateway.Ledger.GetJobsAsync(Tenant.Default, 100)).SingleOrDefault(j => j.Items == 10)) is null)
            await Task.Delay(20, patience.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        while (!(await gateway.Ledger.GetJobAsync(job.Id, patience.Token))!.Ended)
            await Task.Delay(20, patience.Token);
        Assert.Equal(10, (await gateway.Ledger.GetJobAsync(job.Id))!.Cancelled);
    }

    [Fact]
    public async Task Editing_says_that_it_is_not_there_yet()
    {
        var response = await _http.PostAsJsonAsync("images/edits", new { });
        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Equal("not_implemented", (string)(await GatewayFixture.JsonAsync(response))["error"]!["code"]!);
    }

    [Fact]
    public async Task Models_are_listed_with_their_defaults()
    {
        var model = (await GatewayFixture.JsonAsync(await _http.GetAsync("models")))["data"]![0]!;
        Assert.Equal(("shapes", "model", "128x128"), ((string)model["id"]!, (string)model["object"]!, (string)model["muse"]!["size"]!));
        Assert.Equal(24, (int)model["muse"]!["defaults"]!["steps"]!);
        Assert.Equal(model.ToJsonString(), (await GatewayFixture.JsonAsync(await _http.GetAsync("models/shapes"))).ToJsonString());
        var missing = await _http.GetAsync("models/nope");
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (missing.StatusCode, (string)(await GatewayFixture.JsonAsync(missing))["error"]!["code"]!));
    }

    private async Task<JsonNode> GenerateAsync(object body, string? key = null)
    {
        using var request = Post(body, key);
        var response = await _http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await GatewayFixture.JsonAsync(response);
    }

    private async Task<List<JsonNode>> StreamAsync(object body)
    {
        using var request = Post(body);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = new List<JsonNode>();
        await foreach (var e in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var data = JsonNode.Parse(e.Data)!;
            Assert.Equal(e.EventType, (string)data["type"]!);
            events.Add(data);
        }
        return events;
    }

    private static HttpRequestMessage Post(object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "images/generations") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }
}
