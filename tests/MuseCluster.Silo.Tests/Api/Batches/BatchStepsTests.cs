using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pictures;
using MuseCluster.Silo.Api;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Batches;
using MuseCluster.Silo.Api.Files;
using MuseCluster.Silo.Api.Images;
using MuseCluster.Silo.Api.Jobs;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api.Batches;

/// <summary>A gateway without grains, at a time of the tests' own: what items come to is told by the tests.</summary>
public sealed class BatchStepsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-batches-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private SiloResources _resources = null!;
    private Gateway _gateway = null!;
    private BatchSteps _steps = null!;

    public async Task InitializeAsync()
    {
        var settings = new SiloSettings
        {
            Models = [Path.Combine(Repository.Root, "models", "shapes")],
            Ledger = $"sqlite:{Path.Combine(_folder, "ledger.db")}",
            Blobs = Path.Combine(_folder, "artifacts"),
            Stages = [],
        };
        _resources = await SiloResources.OpenAsync(settings, _time, NullLoggerFactory.Instance, CancellationToken.None);
        _gateway = new Gateway(
            _resources.Ledger, _resources.Mesh, _resources.Artifacts, _resources.Models, _time, _time.GetUtcNow(), new ItemEvents(_resources.Mesh, _time, NullLogger<ItemEvents>.Instance),
            new SignedUrls(new byte[32], _time), new Previews(_resources.Models));
        _steps = new BatchSteps(_gateway);
    }

    public async Task DisposeAsync()
    {
        _steps.Dispose();
        await _gateway.Events.DisposeAsync();
        _gateway.Previews.Dispose();
        await _resources.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task When_its_window_ends_a_batch_tells_what_was_made_and_the_rest_has_expired()
    {
        var batch = await AddAsync(BatchText.Line("two", BatchText.Body(n: 2)) + "\n" + BatchText.Line("half", BatchText.Body(n: 2)) + "\n" + BatchText.Line("none"));
        await AdvanceAsync();
        await MakeAsync(3);
        Assert.Empty(await _gateway.Ledger.GetDueBatchesAsync(9));
        _time.Advance(TimeSpan.FromHours(24));
        await AdvanceAsync();
        var expired = await GetAsync(batch);
        Assert.Equal((BatchState.Expired, 3, 1, 2), (expired.State, expired.Lines, expired.Completed, expired.Failed));
        Assert.Equal(["two"], (await LinesAsync(expired.Output)).Select(line => (string)line["custom_id"]!));
        Assert.Equal([("half", "batch_expired"), ("none", "batch_expired")], (await LinesAsync(expired.Error)).Select(line => ((string)line["custom_id"]!, (string)line["error"]!["code"]!)));
        Assert.True((await _gateway.Ledger.GetJobAsync(expired.Job!.Value))!.Ended);
    }

    [Fact]
    public async Task A_line_whose_picture_failed_is_told_with_the_reason()
    {
        var batch = await AddAsync(BatchText.Of(2));
        await AdvanceAsync();
        await MakeAsync(1);
        var item = Assert.Single(await LeaseAsync(1));
        await _gateway.Ledger.EndAsync([Outcome.Failed(item.Id, "the moon was full")]);
        await AdvanceAsync();
        var completed = await GetAsync(batch);
        Assert.Equal((BatchState.Completed, 1, 1), (completed.State, completed.Completed, completed.Failed));
        var line = Assert.Single(await LinesAsync(completed.Error));
        Assert.Equal(("line-1", 500), ((string)line["custom_id"]!, (int)line["response"]!["status_code"]!));
        Assert.Contains("the moon was full", (string)line["response"]!["body"]!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tried_again_after_a_crash_a_batch_is_the_same_job_with_the_same_seeds()
    {
        var batch = await AddAsync(BatchText.Of(3));
        var first = (await BatchValidation.ReadAsync(batch, _gateway, default)).Job!;
        // It dies after the job is in and before the batch says so.
        await _gateway.Ledger.SubmitAsync(first);
        var again = (await BatchValidation.ReadAsync(batch, _gateway, default)).Job!;
        Assert.Equal((first.Id, 3), (again.Id, again.Requests.Select(r => r.Seed).Distinct().Count()));
        Assert.Equal(first.Requests, again.Requests);
        await AdvanceAsync();
        Assert.Equal((BatchState.InProgress, first.Id, 3), await GetAsync(batch) is var now ? (now.State, now.Job!.Value, now.Lines) : default);
        Assert.Single(await _gateway.Ledger.GetJobsAsync(null, 9));
    }

    [Fact]
    public async Task Files_that_an_earlier_try_has_written_stay()
    {
        var batch = await AddAsync(BatchText.Of(2));
        await AdvanceAsync();
        await MakeAsync(1);
        await _gateway.Ledger.CancelAsync(BatchIds.Job(batch.Id));
        var finalizing = await GetAsync(batch) with { State = BatchState.Finalizing, Outcome = BatchState.Completed, Finalizing = _time.GetUtcNow() };
        await _gateway.Ledger.ChangeBatchAsync(finalizing, BatchState.InProgress);
        // It dies after the files are there and before the batch says so.
        await new BatchResults(finalizing, await _gateway.Ledger.GetJobAsync(finalizing.Job!.Value), _gateway).WriteAsync(default);
        var before = await LinesAsync(BatchIds.Output(batch.Id));
        _time.Advance(TimeSpan.FromHours(2));
        await AdvanceAsync();
        var completed = await GetAsync(batch);
        Assert.Equal((BatchState.Completed, 1, 1), (completed.State, completed.Completed, completed.Failed));
        Assert.Equal(before.Select(l => l.ToJsonString()), (await LinesAsync(completed.Output)).Select(l => l.ToJsonString()));
        Assert.Equal("batch_cancelled", (string)Assert.Single(await LinesAsync(completed.Error))["error"]!["code"]!);
    }

    [Fact]
    public async Task Two_that_take_a_batch_on_at_once_do_nothing_twice()
    {
        var batch = await AddAsync(BatchText.Of(5));
        using var other = new BatchSteps(_gateway);
        await Task.WhenAll(_steps.AdvanceAsync(batch, default), other.AdvanceAsync(batch, default));
        Assert.Equal(5, Assert.Single(await _gateway.Ledger.GetJobsAsync(null, 9)).Items);
        await MakeAsync(5);
        var made = Assert.Single(await _gateway.Ledger.GetDueBatchesAsync(9));
        await Task.WhenAll(_steps.AdvanceAsync(made, default), other.AdvanceAsync(made, default));
        var finalizing = made with { State = BatchState.Finalizing, Outcome = BatchState.Completed, Finalizing = _time.GetUtcNow() };
        await Task.WhenAll(_steps.AdvanceAsync(finalizing, default), other.AdvanceAsync(finalizing, default));
        var completed = await GetAsync(batch);
        Assert.Equal((BatchState.Completed, 5, 0), (completed.State, completed.Completed, completed.Failed));
        Assert.Equal(5, (await LinesAsync(completed.Output)).Count);
        Assert.Single(await _gateway.Ledger.GetFilesAsync("ada", "batch_output", 9));
    }

    [Fact]
    public async Task A_batch_that_is_given_up_half_way_has_no_files()
    {
        var batch = await AddAsync(BatchText.Of(40));
        await AdvanceAsync();
        await _gateway.Ledger.CancelAsync(BatchIds.Job(batch.Id));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new BatchResults(await GetAsync(batch), await _gateway.Ledger.GetJobAsync(BatchIds.Job(batch.Id)), _gateway).WriteAsync(cancelled.Token));
        Assert.False(await _gateway.Artifacts.ExistsAsync(FileUpload.Artifact("ada", BatchIds.Error(batch.Id))));
        await AdvanceAsync();
        Assert.Equal(40, (await LinesAsync((await GetAsync(batch)).Error)).Count);
    }

    [Fact]
    public async Task A_batch_waits_while_its_tenant_has_too_much_waiting()
    {
        await _gateway.Ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxQueued = 4 } });
        var first = await AddAsync(BatchText.Of(3));
        await AdvanceAsync();
        var second = await AddAsync(BatchText.Of(2));
        Assert.True(await _steps.AdvanceAsync(second, default) > TimeSpan.Zero);
        Assert.Equal(BatchState.Validating, (await GetAsync(second)).State);
        await LeaseAsync(1);
        Assert.Equal(TimeSpan.Zero, await _steps.AdvanceAsync(second, default));
        Assert.Equal((BatchState.InProgress, BatchState.InProgress), ((await GetAsync(first)).State, (await GetAsync(second)).State));
    }

    [Fact]
    public async Task A_batch_that_waited_until_its_window_ended_says_so()
    {
        await _gateway.Ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxQueued = 4 } });
        await AddAsync(BatchText.Of(3));
        await AdvanceAsync();
        var second = await AddAsync(BatchText.Of(2));
        _time.Advance(TimeSpan.FromHours(24));
        await _steps.AdvanceAsync(second, default);
        Assert.Equal((BatchState.Expired, "batch_expired"), await GetAsync(second) is var now ? (now.State, Assert.Single(now.Errors).Code) : default);
    }

    [Theory]
    [InlineData(1, null, null)]
    [InlineData(null, 1, null)]
    [InlineData(null, null, "other")]
    public async Task A_batch_that_will_never_be_allowed_fails(int? maxBatch, int? maxQueued, string? models)
    {
        await _gateway.Ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxBatch = maxBatch, MaxQueued = maxQueued, Models = models is null ? null : [models] } });
        var batch = await AddAsync(BatchText.Of(2));
        await AdvanceAsync();
        var failed = await GetAsync(batch);
        Assert.Equal(BatchState.Failed, failed.State);
        Assert.Contains("tenant ada may", Assert.Single(failed.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_cancelled_while_its_job_is_submitted_leaves_nothing_to_be_made()
    {
        var batch = await AddAsync(BatchText.Of(2));
        var cancelling = batch with { State = BatchState.Cancelling, Cancelling = _time.GetUtcNow() };
        await _gateway.Ledger.ChangeBatchAsync(cancelling, BatchState.Validating);
        await AdvanceAsync();
        Assert.Equal(BatchState.Cancelled, (await GetAsync(batch)).State);
        // This one still has it as it was before.
        await _steps.AdvanceAsync(batch, default);
        Assert.Equal(2, (await _gateway.Ledger.GetJobAsync(BatchIds.Job(batch.Id)))!.Cancelled);
    }

    [Fact]
    public async Task Of_many_wrong_lines_the_first_100_are_named_and_50_000_are_enough()
    {
        var wrong = await AddAsync(string.Concat(Enumerable.Repeat("x\n", 200)));
        var many = await AddAsync(BatchText.Of(50_001), "bob");
        await AdvanceAsync();
        Assert.Equal(100, (await GetAsync(wrong)).Errors.Count);
        Assert.Equal("request_limit_exceeded", Assert.Single((await GetAsync(many)).Errors).Code);
    }

    private async Task<BatchRecord> AddAsync(string text, string tenant = "ada")
    {
        var id = Guid.NewGuid();
        var artifact = FileUpload.Artifact(tenant, id);
        await _gateway.Artifacts.WriteAsync(artifact, new MemoryStream(Encoding.UTF8.GetBytes(text)), FileUpload.ContentType);
        await _gateway.Ledger.AddFileAsync(new FileRecord(id, tenant, "in.jsonl", "batch", text.Length, _time.GetUtcNow(), artifact.Path));
        var batch = new BatchRecord
        {
            Id = Guid.NewGuid(),
            Tenant = tenant,
            Input = id,
            Endpoint = BatchRequest.Endpoint,
            Window = "24h",
            Origin = "http://muse",
            Created = _time.GetUtcNow(),
            Expires = _time.GetUtcNow().AddHours(24),
        };
        Assert.Equal(BatchAddition.Added, await _gateway.Ledger.AddBatchAsync(batch));
        return batch;
    }

    private async Task AdvanceAsync()
    {
        foreach (var batch in await _gateway.Ledger.GetDueBatchesAsync(9))
            await _steps.AdvanceAsync(batch, CancellationToken.None);
    }

    private async Task<BatchRecord> GetAsync(BatchRecord batch) => (await _gateway.Ledger.GetBatchAsync(batch.Id))!;

    private Task<IReadOnlyList<Item>> LeaseAsync(int count) => _gateway.Ledger.LeaseAsync([new Claim(new QueueKey("ada", "shapes", PriorityClass.Batch), count)], TimeSpan.FromDays(2));

    private async Task MakeAsync(int count)
    {
        var results = new ResultStore(_gateway.Artifacts, _gateway.Models["shapes"].Manifest, _time);
        foreach (var item in await LeaseAsync(count))
            await _gateway.Ledger.EndAsync([await results.WriteAsync(new StageMessage { Item = item, BaseGrid = new ushort[4] }, Picture.Solid(8, 8, default))]);
    }

    private async Task<IReadOnlyList<JsonNode>> LinesAsync(Guid? file)
    {
        await using var artifact = (await _gateway.Artifacts.OpenAsync(FileUpload.Artifact("ada", file!.Value)))!;
        return [.. Encoding.UTF8.GetString(await artifact.ReadAllAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
