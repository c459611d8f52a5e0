namespace MuseCluster.Client.Tests;

public sealed class ListTests : ClientTest
{
    private static string Job(int id) => AJob.Replace("j1", $"j{id}", StringComparison.Ordinal);

    private static string Item(int index) =>
        $$"""{"index":{{index}},"object":"item","job":"j1","state":"done","request":{"prompt":"p","negative_prompt":"","seed":18446744073709551615,"picture":3,"steps":24,"sr_steps":8,"guidance":3,"sr_guidance":2.5,"temperature":1,"min_p":0.1,"schedule":"cosine"},"picture_url":"/v1/artifacts/x","manifest_url":null,"reason":null,"created_at":1700000000,"dispatched_at":1700000001.5,"ended_at":null}""";

    [Fact]
    public async Task JobsAreListedOverAllPages_AndAPageIsAskedForOnlyWhenNeeded()
    {
        Server.Then(200, $$"""{"object":"list","data":[{{Job(5)}},{{Job(4)}}],"has_more":true}""").Then(200, $$"""{"object":"list","data":[{{Job(3)}}],"has_more":false}""");

        await using var jobs = Client.Jobs.ListAsync(2).GetAsyncEnumerator();
        Assert.True(await jobs.MoveNextAsync());
        Assert.True(await jobs.MoveNextAsync());
        Assert.Single(Server.Requests);
        Assert.True(await jobs.MoveNextAsync());
        Assert.Equal("j3", jobs.Current.Id);
        Assert.False(await jobs.MoveNextAsync());
        Assert.Equal(["/v1/jobs?limit=2", "/v1/jobs?limit=2&after=j4"], Server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task ItemsAreListedByIndex_AndReadInAllParts()
    {
        Server.Then(200, $$"""{"data":[{{Item(4)}}],"has_more":true}""").Then(200, """{"data":[],"has_more":true}""");

        var item = Assert.Single(await AllAsync(Client.Jobs.ItemsAsync("j1", after: 3)));
        Assert.Equal(["/v1/jobs/j1/items?after=3", "/v1/jobs/j1/items?after=4"], Server.Requests.Select(r => r.Path));
        Assert.Equal((ulong.MaxValue, 3u, 8, 2.5, 0.1), (item.Request.Seed, item.Request.Picture, item.Request.SrSteps, item.Request.SrGuidance, item.Request.MinP));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1700000001500), item.DispatchedAt);
        Assert.Null(item.EndedAt);
    }

    [Fact]
    public async Task BatchesFilesAndModelsAreRead()
    {
        Server.Then(200, """{"object":"list","data":[{"id":"batch_1","object":"batch","endpoint":"/v1/images/generations","errors":{"object":"list","data":[{"code":"invalid_json","message":"no","param":null,"line":3}]},"input_file_id":"file-1","completion_window":"24h","status":"failed","output_file_id":null,"error_file_id":null,"created_at":1,"in_progress_at":null,"expires_at":2,"finalizing_at":null,"completed_at":null,"failed_at":3,"expired_at":null,"cancelling_at":null,"cancelled_at":null,"request_counts":{"total":4,"completed":0,"failed":1},"metadata":{"a":"b"},"job":null}],"has_more":false}""")
            .Then(200, """{"object":"list","data":[{"id":"file-1","object":"file","bytes":7,"created_at":1,"filename":"a.jsonl","purpose":"batch","status":"processed"}]}""")
            .Then(200, """{"object":"list","data":[{"id":"shapes","object":"model","created":1,"owned_by":"muse","muse":{"size":"128x128","defaults":{"steps":24,"sr_steps":8,"guidance":3,"sr_guidance":3,"temperature":1,"min_p":0,"schedule":"cosine"},"schedules":["cosine"]}}]}""");

        var batch = Assert.Single(await AllAsync(Client.Batches.ListAsync()));
        Assert.Equal((true, 3, 4, "b"), (batch.HasEnded, batch.Errors!.Data[0].Line, batch.RequestCounts.Total, batch.Metadata!["a"]));
        Assert.Equal(7, Assert.Single(await AllAsync(Client.Files.ListAsync())).Bytes);
        Assert.Equal(24, Assert.Single(await Client.Models.ListAsync()).Muse!.Defaults!.Steps);
    }

    [Fact]
    public async Task SilosAndUsageAreRead()
    {
        Server.Then(200, """{"object":"list","data":[{"name":"a","version":"1","started_at":1,"seen_at":2,"draining":false,"roles":["base"],"grains":[{"stage":"base","model":"shapes","capacity":16,"running":3,"finished":4}]}],"queues":[{"stage":"base","model":"shapes","depth":5}],"backlog":[{"tenant":"default","model":"shapes","class":"batch","queued":6,"running":7}]}""")
            .Then(200, """{"object":"list","data":[{"day":"2026-01-02","pictures":3,"steps":96,"device_seconds":1.5}],"limits":{"weight":1,"requests_per_minute":null,"max_running":null,"max_queued":100,"max_batch":null,"models":null,"retention_days":30}}""");

        var cluster = await Client.Silos.GetAsync();
        Assert.Equal((3, 5, 6), (cluster.Data[0].Grains![0].Running, cluster.Queues![0].Depth, cluster.Backlog![0].Queued));
        var usage = await Client.Usage.GetAsync(new DateOnly(2026, 1, 2), new DateOnly(2026, 2, 3));
        Assert.Equal((new DateOnly(2026, 1, 2), 1.5, 100), (usage.Data[0].Day, usage.Data[0].DeviceSeconds, usage.Limits!.MaxQueued));
        Assert.Equal("/v1/usage?from=2026-01-02&to=2026-02-03", Server.Requests[1].Path);
    }
}
