using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using Outcome = MuseCluster.Cluster.Ledger.Outcome;

namespace MuseCluster.Cluster.Tests.Ledger;

/// <content>Random sequences of operations do what the model does.</content>
public abstract partial class LedgerConformance
{
    private const int Sequences = 25, Length = 30;

    [Fact]
    public async Task Any_sequence_of_operations_does_what_the_model_does()
    {
        var operation =
            from kind in Gen.Elements("submit", "submit", "lease", "lease", "lease", "renew", "return", "end", "end", "expire", "expire", "cancel", "wait", "wait")
            from a in Gen.Choose(0, 5)
            from b in Gen.Choose(0, 5)
            from picks in Gen.ArrayOf(Gen.Choose(0, 1000), 6)
            select new Operation(kind, a, b, picks);
        var sequences = Arb.From(Gen.ArrayOf(operation, Length), Shrink);
        var run = 0;
        await Task.Run(() => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Sequences),
            Prop.ForAll(sequences, operations => CompareAsync(run++, operations).GetAwaiter().GetResult())));
        await AssertCountersAsync();
    }

    private static IEnumerable<Operation[]> Shrink(Operation[] operations)
    {
        for (var half = operations.Length / 2; half > 0; half /= 2)
            for (var at = 0; at + half <= operations.Length; at += half)
                yield return [.. operations.Take(at), .. operations.Skip(at + half)];
    }

    private async Task CompareAsync(int run, IReadOnlyList<Operation> operations)
    {
        // Each run has tenants of its own and leaves nothing alive, so that all share a database.
        var model = new LedgerModel();
        QueueKey[] queues =
        [
            .. from tenant in (string[])["ada", "bob"]
               from priority in (PriorityClass[])[PriorityClass.Interactive, PriorityClass.Batch]
               select new QueueKey($"{tenant}-{run}", "shapes", priority),
        ];
        try
        {
            foreach (var operation in operations)
            {
                await ApplyAsync(model, queues, operation);
                await CompareAsync(model, queues);
            }
        }
        finally
        {
            foreach (var job in model.Jobs)
                await Ledger.CancelAsync(job.Id);
        }
    }

    private async Task ApplyAsync(LedgerModel model, QueueKey[] queues, Operation operation)
    {
        var (kind, a, b, picks) = operation;
        ItemId[] ids = model.Items.Count == 0 ? [] : [.. picks.Take(a + 1).Select(pick => model.Items[pick % model.Items.Count].Id)];
        switch (kind)
        {
            case "submit":
                var queue = queues[a % queues.Length];
                var job = JobOf(b + 1, queue.Tenant, queue.Model, queue.Class);
                Assert.True(await Ledger.SubmitAsync(job));
                model.Submit(job);
                break;
            case "lease":
                Claim[] claims = [new(queues[a % queues.Length], b), new(queues[(a + 1 + (b % 3)) % queues.Length], a)];
                Assert.Equal(
                    model.Lease(claims, Time.GetUtcNow() + Lease),
                    (await Ledger.LeaseAsync(claims, Lease)).Select(item => (item.Id, item.Attempt)));
                break;
            case "renew":
                Assert.Equal(model.Renew(ids, Time.GetUtcNow() + Lease), await Ledger.RenewAsync(ids, Lease));
                break;
            case "return":
                model.Return(ids);
                await Ledger.ReturnAsync(ids);
                break;
            case "end":
                Outcome[] outcomes = [.. ids.Select((id, i) => (i + b) % 3 == 0 ? Outcome.Failed(id, "no") : Outcome.Done(id, $"{i}"))];
                Assert.Equal(model.End(outcomes).Order(), (await Ledger.EndAsync(outcomes)).Order());
                break;
            case "expire":
                var (queued, failed) = model.Expire((b % 3) + 1, Time.GetUtcNow());
                var expired = await Ledger.ExpireAsync((b % 3) + 1, 1000);
                Assert.Equal(queued, expired.Queued);
                Assert.Equal(failed, expired.Failed);
                break;
            case "cancel" when model.Jobs.Count > 0:
                var cancelled = model.Jobs[picks[0] % model.Jobs.Count].Id;
                Assert.Equal(model.Cancel(cancelled), await Ledger.CancelAsync(cancelled));
                break;
            case "wait":
                Time.Advance(Lease * (a + 1) / 4);
                break;
        }
    }

    private async Task CompareAsync(LedgerModel model, QueueKey[] queues)
    {
        static int Count(IEnumerable<LedgerModel.Entry> items, ItemState state) => items.Count(item => item.State == state);
        var expected = queues
            .Select(queue => (queue, items: model.Items.Where(item => item.Queue == queue).ToList()))
            .Select(q => (q.queue, Queued: Count(q.items, ItemState.Queued), Running: Count(q.items, ItemState.Running)))
            .Where(q => q.Queued + q.Running > 0);
        Assert.Equal(expected, (await Ledger.GetBacklogAsync()).Select(b => (b.Queue, b.Queued, b.Running)).OrderBy(b => Array.IndexOf(queues, b.Queue)));
        var told = new Dictionary<Guid, JobStatus>();
        foreach (var tenant in queues.Select(queue => queue.Tenant).Distinct())
            foreach (var status in await Ledger.GetJobsAsync(tenant, 1000))
                told.Add(status.Id, status);
        Assert.Equal(model.Jobs.Count, told.Count);
        foreach (var job in model.Jobs)
        {
            var items = model.Items.Where(item => item.Id.Job == job.Id).ToList();
            var status = told[job.Id];
            Assert.Equal(
                (Count(items, ItemState.Queued), Count(items, ItemState.Running), Count(items, ItemState.Done), Count(items, ItemState.Failed), Count(items, ItemState.Cancelled)),
                (status.Queued, status.Running, status.Done, status.Failed, status.Cancelled));
        }
        // One job's items a time are enough: each job has many times.
        if (model.Jobs.Count > 0)
        {
            var job = model.Jobs[model.Items.Count(item => item.Alive) % model.Jobs.Count].Id;
            Assert.Equal(
                model.Items.Where(item => item.Id.Job == job).Select(item => (item.Id, item.State, item.Attempt, item.Result)),
                (await Ledger.GetItemsAsync(job, 0, 100)).Select(item => (item.Item.Id, item.State, item.Item.Attempt, item.Result)));
        }
    }

    private sealed record Operation(string Kind, int A, int B, int[] Picks)
    {
        public override string ToString() => $"{Kind} {A} {B} [{string.Join(' ', Picks)}]";
    }
}
