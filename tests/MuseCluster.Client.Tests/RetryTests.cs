using System.Net;
using System.Text.Json.Nodes;

namespace MuseCluster.Client.Tests;

public sealed class RetryTests : ClientTest
{
    private static readonly JobRequest Request = new([new JobPictures { Prompt = "a red circle", N = 2 }]);

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task PassingRefusalsAreTriedAgain_WaitingTwiceAsLongEachTime(int status)
    {
        Server.Then(status, Unavailable).Then(status, "bad gateway").Then(status, Unavailable).Then(200, AJob);

        Assert.Equal("j1", (await Client.Jobs.GetAsync("j1")).Id);
        Assert.Equal([0.5, 1, 2], Time.Waits);
    }

    [Fact]
    public async Task JitterLeavesOutUpToHalfOfAWait()
    {
        using var client = new MuseClient(Options() with { Jitter = () => 1 });
        Server.Then(503, Unavailable).Then(503, Unavailable).Then(200, AJob);

        await client.Jobs.GetAsync("j1");
        Assert.Equal([0.25, 0.5], Time.Waits);
    }

    [Fact]
    public async Task RetryAfterIsHonoured_AsSecondsAndAsADate()
    {
        var date = Time.GetUtcNow().AddSeconds(27).ToString("R");
        Server.Then(429, Unavailable, ("Retry-After", "7")).Then(503, Unavailable, ("Retry-After", date)).Then(200, AJob);

        await Client.Jobs.GetAsync("j1");
        Assert.Equal([7, 20], Time.Waits);
    }

    [Fact]
    public async Task ALongerRetryAfterThanTheClientIsPatientEndsTheCallAtOnce()
    {
        Server.Then(429, Unavailable, ("Retry-After", "3600"));

        var e = await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.GetAsync("j1"));
        Assert.Equal(TimeSpan.FromHours(1), e.RetryAfter);
        Assert.Empty(Time.Waits);
    }

    [Fact]
    public async Task AfterTheLastRetryTheRefusalIsTold()
    {
        for (var i = 0; i < 4; i++)
            Server.Then(503, Unavailable);

        var e = await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.GetAsync("j1"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (e.Status, e.Code));
        Assert.Equal(4, Server.Requests.Count);
    }

    [Fact]
    public async Task ARefusalThatDoesNotPassIsNotTriedAgain()
    {
        Server.Then(400, """{"error":{"message":"no","type":"invalid_request_error","code":"invalid_value","param":"steps"}}""");

        await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.SubmitAsync(Request));
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task ABrokenConnectionIsTriedAgain()
    {
        Server.ThenBreak().Then(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync("{\"id\":"u8.ToArray());
            await http.Response.Body.FlushAsync();
            http.Abort();
        }).Then(200, AJob);

        Assert.Equal("shapes", (await Client.Jobs.GetAsync("j1")).Model);
        Assert.Equal(2, Time.Waits.Length);
    }

    [Fact]
    public async Task PostsOfImagesJobsAndBatchesKeepTheirIdempotencyKeyAndBodyOverRetries()
    {
        Server.Then(503, Unavailable).ThenBreak().Then(201, AJob);
        await Client.Jobs.SubmitAsync(Request);
        Server.Then(503, Unavailable).Then(200, """{"created":1,"data":[]}""");
        await Client.Images.GenerateAsync(new ImageRequest { Prompt = "a red circle" });
        Server.ThenBreak().Then(200, """{"id":"batch_1","status":"validating"}""");
        await Client.Batches.CreateAsync(new BatchRequest("file-1"));

        var calls = Server.Requests.GroupBy(r => r.Path).ToList();
        Assert.Equal([3, 2, 2], calls.Select(c => c.Count()));
        foreach (var call in calls)
        {
            Assert.Equal(32, Assert.Single(call.Select(r => r["Idempotency-Key"]).Distinct())!.Length);
            Assert.Single(call.Select(r => r.Body).Distinct());
        }
        Assert.Equal(3, Server.Requests.Select(r => r["Idempotency-Key"]).Distinct().Count());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"requests":[{"prompt":"a red circle","n":2}]}"""), JsonNode.Parse(Server.Requests[0].Body)));
    }

    [Fact]
    public async Task AKeyOfTheCallersIsUsed()
    {
        Server.Then(201, AJob);
        await Client.Jobs.SubmitAsync(Request, "mine");
        Assert.Equal("mine", Assert.Single(Server.Requests)["Idempotency-Key"]);
    }

    [Fact]
    public async Task PostsWithoutAKeyAreNotTriedAgain()
    {
        Server.Then(503, Unavailable).ThenBreak();

        await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.CancelAsync("j1"));
        await Assert.ThrowsAsync<MuseConnectionException>(() => Client.Files.UploadAsync(new MemoryStream([1]), "a.jsonl"));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task WhereNothingListensTheErrorSaysSo()
    {
        var url = Server.Url;
        await Server.DisposeAsync();

        var e = await Assert.ThrowsAsync<MuseConnectionException>(() => Client.Models.ListAsync());
        Assert.True(e.Refused);
        Assert.Equal($"nothing listens at {url.GetLeftPart(UriPartial.Authority)}", e.Message);
        Assert.Equal(3, Time.Waits.Length);
        await Assert.ThrowsAsync<MuseConnectionException>(() => Client.CheckAsync());
        Assert.Equal(3, Time.Waits.Length);
    }
}
