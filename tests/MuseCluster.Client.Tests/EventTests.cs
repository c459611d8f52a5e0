namespace MuseCluster.Client.Tests;

public sealed class EventTests : ClientTest
{
    private const string Running = $"event: job\nid: 1\ndata: {AJob}\n\n";
    private static readonly string Done = $"event: job\nid: 9\ndata: {AJob.Replace("running\",\"created", "done\",\"created", StringComparison.Ordinal)}\n\n";

    private static string Item(int id, int index, string state) =>
        $"event: item\nid: {id}\ndata: {{\"index\":{index},\"state\":\"{state}\",\"stage\":\"base\",\"step\":3,\"steps\":24,\"preview\":null,\"reason\":null,\"picture_url\":null,\"ahead\":null}}\n\n";

    [Fact]
    public async Task WatchingTellsEverythingAndEndsWithTheJob()
    {
        Server.ThenEvents(Running + ": still here\n\n" + Item(2, 0, "running") + "event: news\ndata: {}\n\n" + Item(3, 0, "done") + Done);

        var events = await AllAsync(Client.Jobs.WatchAsync("j1"));
        Assert.Equal(["1", "2", "3", "9"], events.Select(e => e.Id));
        var item = Assert.IsType<ItemChanged>(events[1]).Item;
        Assert.Equal((0, "running", "base", 3, 24), (item.Index, item.State, item.Stage, item.Step, item.Steps));
        Assert.True(Assert.IsType<JobChanged>(events[3]).Job.HasEnded);
        Assert.Equal("text/event-stream", Assert.Single(Server.Requests)["Accept"]);
    }

    [Fact]
    public async Task ALostConnectionIsMadeAgainAfterTheLastEvent()
    {
        var breaks = new TaskCompletionSource();
        Server.ThenEvents(Running + Item(2, 0, "done"), breaks)
            .ThenBreak().Then(503, Unavailable)
            .ThenEvents(Item(3, 1, "running"))
            .ThenEvents(Item(4, 1, "done") + Done);

        var events = new List<string?>();
        await foreach (var happened in Client.Jobs.WatchAsync("j1"))
        {
            events.Add(happened.Id);
            if (happened.Id == "2")
                breaks.SetResult();
        }
        Assert.Equal(["1", "2", "3", "4", "9"], events);
        Assert.Equal([null, "2", "2", "2", "3"], Server.Requests.Select(r => r["Last-Event-ID"]));
        // Each event that comes makes the next wait short again.
        Assert.Equal([0.5, 1, 2, 0.5], Time.Waits);
    }

    [Fact]
    public async Task WatchingCanBeginAfterAnEvent()
    {
        Server.ThenEvents(Done);
        await AllAsync(Client.Jobs.WatchAsync("j1", "77"));
        Assert.Equal("77", Assert.Single(Server.Requests)["Last-Event-ID"]);
    }

    [Fact]
    public async Task AConnectionThatIsSilentForTooLongIsTakenForLost()
    {
        var time = new WaitingTime(longest: 1);
        using var client = new MuseClient(Options() with { Time = time, StreamSilence = TimeSpan.FromSeconds(45) });
        Server.ThenEventsAndSilence(Running).ThenEvents(Done);

        await using var events = client.Jobs.WatchAsync("j1").GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(46));
        Assert.True(await next);
        Assert.Equal("9", events.Current.Id);
        Assert.Equal("1", Server.Requests[1]["Last-Event-ID"]);
    }

    [Fact]
    public async Task WatchingFailsWhereTheJobIsGone()
    {
        Server.ThenEvents(Running).Then(404, """{"error":{"message":"there is no job j1","type":"not_found_error","code":"not_found"}}""");
        var e = await Assert.ThrowsAsync<MuseApiException>(() => AllAsync(Client.Jobs.WatchAsync("j1")));
        Assert.Equal("not_found", e.Code);
    }

    [Fact]
    public async Task PatienceEndsWhereNoConnectionSucceeds()
    {
        Server.ThenEvents(Running);
        await using var events = Client.Jobs.WatchAsync("j1").GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await Server.DisposeAsync();

        await Assert.ThrowsAsync<MuseConnectionException>(async () => await events.MoveNextAsync());
        Assert.InRange(Time.Waits.Sum(), 300, 361);
    }

    [Fact]
    public async Task StopWatchingLeavesTheServerInPeace()
    {
        var left = new TaskCompletionSource();
        Server.ThenEventsAndSilence(Running, left);
        using var source = new CancellationTokenSource();
        await using var events = Client.Jobs.WatchAsync("j1", cancellation: source.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await events.MoveNextAsync());
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task PicturesComeAsAStream()
    {
        Server.Then(503, Unavailable).ThenEvents("""
            event: image_generation.partial_image
            data: {"type":"image_generation.partial_image","b64_json":"AQ==","partial_image_index":0,"size":"256x256","output_format":"png","created_at":1,"index":1}

            event: image_generation.completed
            data: {"type":"image_generation.completed","b64_json":"AgM=","size":"256x256","output_format":"png","created_at":1,"index":1}

            event: error
            data: {"type":"error","error":{"message":"poison","type":"server_error","code":"failed"},"index":0}

            data: [DONE]


            """);

        var events = await AllAsync(Client.Images.StreamAsync(new ImageRequest { Prompt = "a ring", N = 2, PartialImages = 1, Seed = ulong.MaxValue }));
        Assert.Equal(3, events.Count);
        Assert.Equal([1], Assert.IsType<PartialImage>(events[0]).Png);
        Assert.Equal((1, 2), (events[1].Index, Assert.IsType<CompletedImage>(events[1]).Png.Length));
        Assert.Equal("poison", Assert.IsType<FailedImage>(events[2]).Error.Message);
        Assert.Contains("\"stream\":true", Server.Requests[1].Body, StringComparison.Ordinal);
        Assert.Contains("\"seed\":18446744073709551615", Server.Requests[1].Body, StringComparison.Ordinal);
        Assert.Equal(Server.Requests[0]["Idempotency-Key"], Server.Requests[1]["Idempotency-Key"]);
    }

    [Fact]
    public async Task AStreamOfPicturesThatBreaksIsAnError()
    {
        var breaks = new TaskCompletionSource();
        Server.ThenEvents("event: image_generation.completed\ndata: {\"b64_json\":\"AQ==\"}\n\n", breaks);
        await using var events = Client.Images.StreamAsync(new ImageRequest { Prompt = "x" }).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        breaks.SetResult();
        await Assert.ThrowsAsync<MuseConnectionException>(async () => await events.MoveNextAsync());
    }
}
