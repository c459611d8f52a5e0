using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

public abstract partial class LedgerConformance
{
    private async Task<FileRecord> AddFileAsync(string tenant = "ada", string purpose = "batch", string name = "in.jsonl")
    {
        var id = Guid.NewGuid();
        var file = new FileRecord(id, tenant, name, purpose, 12_345_678_901, Time.GetUtcNow(), $"{tenant}/files/{id:N}.jsonl");
        await Ledger.AddFileAsync(file);
        return file;
    }

    private BatchRecord BatchOf(FileRecord input) => new()
    {
        Id = Guid.NewGuid(),
        Tenant = input.Tenant,
        Input = input.Id,
        Endpoint = "/v1/images/generations",
        Window = "24h",
        Origin = "http://localhost:8080",
        Created = Time.GetUtcNow(),
        Expires = Time.GetUtcNow().AddHours(24),
    };

    private async Task<BatchRecord> AddBatchAsync(string tenant = "ada")
    {
        var batch = BatchOf(await AddFileAsync(tenant));
        Assert.Equal(BatchAddition.Added, await Ledger.AddBatchAsync(batch));
        return batch;
    }

    private async Task<IEnumerable<Guid>> DueAsync(int each = 9) => (await Ledger.GetDueBatchesAsync(each)).Select(b => b.Id);

    [Fact]
    public async Task A_file_is_told_as_it_was_added_until_it_is_deleted()
    {
        var file = await AddFileAsync(name: "what's \" this\u20AC.jsonl");
        await Ledger.AddFileAsync(file with { Name = "other", Bytes = 1 });
        Assert.Equal(file, await Ledger.GetFileAsync(file.Id));
        Assert.Equal(FileDeletion.Deleted, await Ledger.DeleteFileAsync(file.Id));
        Assert.Equal(FileDeletion.NotThere, await Ledger.DeleteFileAsync(file.Id));
        Assert.Null(await Ledger.GetFileAsync(file.Id));
    }

    [Fact]
    public async Task Files_are_listed_newest_first_by_tenant_and_purpose_page_by_page()
    {
        var files = new List<FileRecord>();
        foreach (var (tenant, purpose) in new[] { ("ada", "batch"), ("bob", "batch"), ("ada", "batch_output"), ("ada", "batch") })
            files.Add(await AddFileAsync(tenant, purpose));
        Assert.Equal([files[3], files[2], files[0]], await Ledger.GetFilesAsync("ada", null, 9));
        Assert.Equal([files[3], files[2]], await Ledger.GetFilesAsync("ada", null, 2));
        Assert.Equal([files[0]], await Ledger.GetFilesAsync("ada", null, 2, files[2].Id));
        Assert.Equal([files[2]], await Ledger.GetFilesAsync("ada", "batch_output", 9));
        Assert.Empty(await Ledger.GetFilesAsync("eve", null, 9));
    }

    [Fact]
    public async Task A_file_stays_while_a_batch_that_has_not_ended_reads_it()
    {
        var batch = await AddBatchAsync();
        Assert.Equal(FileDeletion.InUse, await Ledger.DeleteFileAsync(batch.Input));
        Assert.NotNull(await Ledger.GetFileAsync(batch.Input));
        await Ledger.ChangeBatchAsync(batch with { State = BatchState.Failed, Ended = Time.GetUtcNow() }, BatchState.Validating);
        Assert.Equal(FileDeletion.Deleted, await Ledger.DeleteFileAsync(batch.Input));
    }

    [Fact]
    public async Task A_batch_needs_an_input_that_is_its_tenants()
    {
        var file = await AddFileAsync("bob");
        Assert.Equal(BatchAddition.NoInput, await Ledger.AddBatchAsync(BatchOf(file) with { Tenant = "ada" }));
        Assert.Equal(BatchAddition.NoInput, await Ledger.AddBatchAsync(BatchOf(file) with { Input = Guid.NewGuid() }));
        Assert.Empty(await Ledger.GetBatchesAsync("ada", 9));
    }

    [Fact]
    public async Task A_batch_is_told_as_it_was_added_and_changed()
    {
        var batch = BatchOf(await AddFileAsync()) with { Metadata = new Dictionary<string, string> { ["a \"key\""] = "\u20AC", ["b"] = "" } };
        Assert.Equal(BatchAddition.Added, await Ledger.AddBatchAsync(batch));
        Assert.Equal(BatchAddition.WasThere, await Ledger.AddBatchAsync(batch with { Window = "1h" }));
        Assert.Equivalent(batch, await Ledger.GetBatchAsync(batch.Id), strict: true);
        var now = Time.GetUtcNow();
        var changed = batch with
        {
            State = BatchState.Finalizing,
            Outcome = BatchState.Expired,
            Job = Guid.NewGuid(),
            Lines = 50_000,
            Completed = 3,
            Failed = 4,
            Output = Guid.NewGuid(),
            Error = Guid.NewGuid(),
            Errors = [new BatchError("invalid_value", "body.steps is 0", "body.steps", 7), new BatchError("empty_file", "the file is empty", null, null)],
            Started = now.AddSeconds(1),
            Finalizing = now.AddSeconds(2),
            Cancelling = now.AddSeconds(3),
            Ended = now.AddSeconds(4),
        };
        Assert.True(await Ledger.ChangeBatchAsync(changed, BatchState.Validating));
        Assert.Equivalent(changed, await Ledger.GetBatchAsync(batch.Id), strict: true);
        Assert.Null(await Ledger.GetBatchAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_batch_that_has_left_a_state_is_not_changed_from_it_and_gets_no_files()
    {
        var batch = await AddBatchAsync();
        var output = new FileRecord(Guid.NewGuid(), "ada", "out.jsonl", "batch_output", 1, Time.GetUtcNow(), "ada/files/x.jsonl");
        Assert.True(await Ledger.ChangeBatchAsync(batch with { State = BatchState.Cancelling }, BatchState.Validating));
        Assert.False(await Ledger.ChangeBatchAsync(batch with { State = BatchState.InProgress }, BatchState.Validating, [output]));
        Assert.Equal(BatchState.Cancelling, (await Ledger.GetBatchAsync(batch.Id))!.State);
        Assert.Null(await Ledger.GetFileAsync(output.Id));
        Assert.True(await Ledger.ChangeBatchAsync(batch with { State = BatchState.Cancelled, Ended = Time.GetUtcNow() }, BatchState.Cancelling, [output]));
        Assert.Equal(output, await Ledger.GetFileAsync(output.Id));
    }

    [Fact]
    public async Task Of_those_who_change_a_batch_at_once_one_does()
    {
        await using var ledgers = await RacersAsync();
        var batch = await AddBatchAsync();
        var changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ledgers[i].ChangeBatchAsync(
            batch with { State = i % 2 == 0 ? BatchState.Cancelling : BatchState.InProgress, Lines = i }, BatchState.Validating))));
        Assert.Single(changed, yes => yes);
        Assert.Equal(Array.IndexOf(changed, true), (await Ledger.GetBatchAsync(batch.Id))!.Lines);
    }

    [Fact]
    public async Task Batches_are_listed_newest_first_by_tenant_page_by_page()
    {
        var batches = new List<Guid>();
        foreach (var tenant in (string[])["ada", "bob", "ada", "ada"])
            batches.Add((await AddBatchAsync(tenant)).Id);
        Assert.Equal([batches[3], batches[2]], (await Ledger.GetBatchesAsync("ada", 2)).Select(b => b.Id));
        Assert.Equal([batches[0]], (await Ledger.GetBatchesAsync("ada", 2, batches[2])).Select(b => b.Id));
    }

    [Fact]
    public async Task A_batch_is_due_unless_it_waits_for_its_job()
    {
        var batch = await AddBatchAsync();
        Assert.Equal([batch.Id], await DueAsync());
        var job = await SubmitAsync(1);
        var running = batch with { State = BatchState.InProgress, Job = job.Id };
        await Ledger.ChangeBatchAsync(running, BatchState.Validating);
        Assert.Empty(await DueAsync());
        await Ledger.PauseAsync(job.Id);
        Assert.Empty(await DueAsync());
        await Ledger.CancelAsync(job.Id);
        Assert.Equal([batch.Id], await DueAsync());
        await Ledger.ChangeBatchAsync(running with { State = BatchState.Completed, Ended = Time.GetUtcNow() }, BatchState.InProgress);
        Assert.Empty(await DueAsync());
    }

    [Fact]
    public async Task A_batch_is_due_when_its_window_ends_whatever_its_job_does()
    {
        var batch = await AddBatchAsync();
        await Ledger.ChangeBatchAsync(batch with { State = BatchState.InProgress, Job = (await SubmitAsync(1)).Id }, BatchState.Validating);
        Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await DueAsync());
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([batch.Id], await DueAsync());
    }

    [Fact]
    public async Task A_batchs_job_stays_until_the_batch_has_ended()
    {
        var (batch, job) = (await AddBatchAsync(), await SubmitAsync(1));
        var running = batch with { State = BatchState.InProgress, Job = job.Id };
        await Ledger.ChangeBatchAsync(running, BatchState.Validating);
        await Ledger.CancelAsync(job.Id);
        Time.Advance(TimeSpan.FromDays(9));
        Assert.Empty(await Ledger.GetEndedJobsAsync("ada", Time.GetUtcNow(), 9));
        Assert.False(await Ledger.DeleteJobAsync(job.Id));
        await Ledger.ChangeBatchAsync(running with { State = BatchState.Completed, Ended = Time.GetUtcNow() }, BatchState.InProgress);
        Assert.Equal([job.Id], await Ledger.GetEndedJobsAsync("ada", Time.GetUtcNow(), 9));
        Assert.True(await Ledger.DeleteJobAsync(job.Id));
    }

    [Fact]
    public async Task Of_each_tenant_some_are_due_those_to_be_validated_last()
    {
        var ada = new List<BatchRecord>();
        for (var i = 0; i < 4; i++)
            ada.Add(await AddBatchAsync());
        var bob = await AddBatchAsync("bob");
        await Ledger.ChangeBatchAsync(ada[3] with { State = BatchState.Cancelling }, BatchState.Validating);
        Assert.Equal([ada[3].Id, bob.Id, ada[0].Id], await DueAsync(2));
    }
}
