using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Silo.Api.Jobs;

namespace MuseCluster.Silo.Tests.Api;

public sealed class EndedItemsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-ended-").FullName;

    [Fact]
    public async Task An_end_that_comes_to_be_seen_late_is_told_when_the_job_has_ended()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        await using var ledger = await SqlLedger.OpenAsync(Database, new FakeTimeProvider(now));
        await using var slow = await SqlLedger.OpenAsync(Database, new FakeTimeProvider(now.AddSeconds(1)));
        var job = new Job { Tenant = "ada", Model = "shapes", Requests = [.. Enumerable.Range(0, 3).Select(i => new GenerationRequest { Prompt = "a", Seed = (ulong)i })] };
        await ledger.SubmitAsync(job);
        var ends = new EndedItems(ledger, job.Id, DateTimeOffset.MinValue);
        await ledger.EndAsync([Outcome.Failed(new ItemId(job.Id, 0), "no")]);
        Assert.Equal([0], await IndicesAsync(ends.NextAsync(now.AddSeconds(10), default)));

        // Its moment is before what the next look asks for.
        await slow.EndAsync([Outcome.Failed(new ItemId(job.Id, 1), "no"), Outcome.Failed(new ItemId(job.Id, 2), "no")]);
        Assert.Empty(await IndicesAsync(ends.NextAsync(now.AddSeconds(20), default)));
        Assert.Equal([1, 2], await IndicesAsync(ends.RestAsync(3, default)));
        Assert.Empty(await IndicesAsync(ends.RestAsync(3, default)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Database => $"sqlite:{Path.Combine(_folder, "ledger.db")}";

    private static async Task<List<int>> IndicesAsync(IAsyncEnumerable<ItemStatus> items)
    {
        var indices = new List<int>();
        await foreach (var item in items)
            indices.Add(item.Item.Id.Index);
        return indices;
    }
}
