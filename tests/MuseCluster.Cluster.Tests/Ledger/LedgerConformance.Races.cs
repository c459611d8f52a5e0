using System.Collections.Concurrent;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

/// <content>Many at once.</content>
public abstract partial class LedgerConformance
{
    [Fact]
    public async Task Two_leasers_never_get_the_same_item()
    {
        await SubmitAsync(150);
        await SubmitAsync(150, "bob");
        await SubmitAsync(100);
        await using var ledgers = await RacersAsync();
        var leased = new ConcurrentBag<ItemId>();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            // Others may have locked what is left for a moment.
            while (leased.Count < 400)
                foreach (var item in await ledgers[i].LeaseAsync([new Claim(Batch, 7), new Claim(Batch with { Tenant = "bob" }, 5)], Lease))
                    leased.Add(item.Id);
        })));
        Assert.Equal(400, leased.Count);
        Assert.Equal(400, leased.Distinct().Count());
        await AssertCountersAsync();
    }

    [Fact]
    public async Task An_item_ends_once_whoever_tries()
    {
        var jobs = new[] { await SubmitAsync(60), await SubmitAsync(60, "bob"), await SubmitAsync(60, "carol") };
        var ids = jobs.SelectMany(job => Ids(job, [.. Enumerable.Range(0, 60)])).ToArray();
        await using var ledgers = await RacersAsync();
        await ledgers[0].LeaseAsync([.. jobs.Select(job => new Claim(Batch with { Tenant = job.Tenant }, 40))], TimeSpan.FromMicroseconds(1));
        var ended = new ConcurrentBag<(ItemId Id, string By)>();
        var cancelled = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var ledger = ledgers[i];
            var random = new Random(i);
            foreach (var chunk in ids.OrderBy(_ => random.Next()).Chunk(45))
            {
                await (i switch
                {
                    0 => ledger.ReturnAsync(chunk),
                    1 => ledger.RenewAsync(chunk, TimeSpan.FromMicroseconds(1)),
                    2 => ledger.ExpireAsync(10, 30),
                    _ => Task.CompletedTask,
                });
                foreach (var id in await ledger.EndAsync([.. chunk.Select(id => Outcome.Done(id, $"by {i}"))]))
                    ended.Add((id, $"by {i}"));
                if (i == 7)
                    Interlocked.Add(ref cancelled, await ledger.CancelAsync(jobs[2].Id));
            }
        })));
        Assert.Equal(ended.Count, ended.Select(end => end.Id).Distinct().Count());
        Assert.Equal(180, ended.Count + cancelled);
        foreach (var (id, by) in ended)
            Assert.Equal(by, (await ItemAsync(id)).Result);
        Assert.Empty(await Ledger.GetBacklogAsync());
        await AssertCountersAsync();
    }

    // They wait by their clock before they try again, so it must go on by itself.
    private protected async Task<Racers> RacersAsync() => new(
        [await SqlLedger.OpenAsync(Connection, TimeProvider.System), await SqlLedger.OpenAsync(Connection, TimeProvider.System)]);

    private protected sealed class Racers(SqlLedger[] ledgers) : IAsyncDisposable
    {
        public SqlLedger this[int index] => ledgers[index % ledgers.Length];

        public async ValueTask DisposeAsync()
        {
            foreach (var ledger in ledgers)
                await ledger.DisposeAsync();
        }
    }

    /// <summary>Counters are what counting gives.</summary>
    protected async Task AssertCountersAsync()
    {
        var queues = new Dictionary<QueueKey, (int Queued, int Running)>();
        foreach (var job in await Ledger.GetJobsAsync(null, 1000))
        {
            var states = (await Ledger.GetItemsAsync(job.Id, 0, 1_000_000)).Select(item => item.State).ToList();
            int Of(ItemState state) => states.Count(s => s == state);
            Assert.Equal(
                (Of(ItemState.Queued), Of(ItemState.Running), Of(ItemState.Done), Of(ItemState.Failed), Of(ItemState.Cancelled)),
                (job.Queued, job.Running, job.Done, job.Failed, job.Cancelled));
            var key = new QueueKey(job.Tenant, job.Model, job.Class);
            var (queued, running) = queues.GetValueOrDefault(key);
            queues[key] = (queued + job.Queued, running + job.Running);
        }
        Assert.Equal(
            queues.Where(q => q.Value != default).Select(q => (q.Key, q.Value)).OrderBy(q => $"{q.Key}"),
            (await Ledger.GetBacklogAsync()).Select(b => (b.Queue, (b.Queued, b.Running))).OrderBy(b => $"{b.Queue}"));
    }
}
