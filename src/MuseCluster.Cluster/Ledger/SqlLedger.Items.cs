using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <content>How items change their state: they are locked in the order of their keys, changed, and counted, jobs before queues.</content>
public sealed partial class SqlLedger
{
    private const string FindQueue = "SELECT id FROM queues WHERE tenant = @tenant AND model = @model AND class = @class";

    // Written out, as a partial index is used only where its condition is seen when the query is planned.
    private static readonly string Queued = $"i.state = {(int)ItemState.Queued}";
    private static readonly string Running = $"i.state = {(int)ItemState.Running}";
    private static readonly string Alive = $"i.state IN ({(int)ItemState.Queued}, {(int)ItemState.Running}, {(int)ItemState.Paused})";

    /// <summary>Locks those of the items that have not ended.</summary>
    private Task<IReadOnlyList<ItemRow>> LockAsync(SqlSession session, IEnumerable<ItemId> items) => session.QueryAsync<ItemRow>(
        $"""
        SELECT j.id, j.tenant, j.held AS paused, i.job, i.idx, i.queue, i.state, i.attempt, i.lease, i.dispatched
        FROM {_dialect.Rows("id text, idx integer")} JOIN jobs AS j ON j.id = r.id JOIN items AS i ON i.job = j.number AND i.idx = r.idx
        WHERE {Alive}
        ORDER BY i.job, i.idx {_dialect.Lock("i")}
        """,
        new { rows = SqlSession.Json(items.Distinct().Select(item => new { id = Text(item.Job), idx = item.Index })) });

    /// <summary>Changes locked items.</summary>
    private async Task<IReadOnlyList<ItemRow>> ChangeAsync(SqlSession session, IReadOnlyList<ItemRow> items, Func<ItemRow, ItemRow> change)
    {
        if (items.Count == 0)
            return items;
        var changed = items.Select(change).ToList();
        await session.ExecuteAsync(
            $"""
            UPDATE items SET
                state = r.state, attempt = r.attempt, lease = r.lease, dispatched = r.dispatched, ended = r.ended, result = r.result, reason = r.reason
            FROM {_dialect.Rows("job bigint, idx integer, state smallint, attempt integer, lease bigint, dispatched bigint, ended bigint, result text, reason text")}
            WHERE items.job = r.job AND items.idx = r.idx
            """,
            new { rows = SqlSession.Json(changed.Select(i => new { i.Job, i.Idx, i.State, i.Attempt, i.Lease, i.Dispatched, i.Ended, i.Result, i.Reason })) })
            .ConfigureAwait(false);
        await CountAsync(session, items.Zip(changed, (from, to) => new Shift(from.Job, from.Queue, from.State, to.State, 1))).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Brings the counters of jobs and queues up to date.</summary>
    private async Task CountAsync(SqlSession session, IEnumerable<Shift> shifts)
    {
        var all = shifts.Where(shift => shift.From != shift.To).ToList();
        if (all.Count == 0)
            return;
        await session.ExecuteAsync(
            $"""
            UPDATE jobs SET
                queued = jobs.queued + d.queued, running = jobs.running + d.running, paused = jobs.paused + d.paused,
                done = jobs.done + d.done, failed = jobs.failed + d.failed, cancelled = jobs.cancelled + d.cancelled
            FROM (
                SELECT r.* FROM {_dialect.Rows("number bigint, queued integer, running integer, paused integer, done integer, failed integer, cancelled integer")}
                JOIN jobs AS j ON j.number = r.number ORDER BY j.number {_dialect.Lock("j")}
            ) AS d
            WHERE jobs.number = d.number
            """,
            new
            {
                rows = SqlSession.Json(all.GroupBy(shift => shift.Job).Select(job => new
                {
                    number = job.Key,
                    queued = job.Sum(shift => shift.Of(ItemState.Queued)),
                    running = job.Sum(shift => shift.Of(ItemState.Running)),
                    paused = job.Sum(shift => shift.Of(ItemState.Paused)),
                    done = job.Sum(shift => shift.Of(ItemState.Done)),
                    failed = job.Sum(shift => shift.Of(ItemState.Failed)),
                    cancelled = job.Sum(shift => shift.Of(ItemState.Cancelled)),
                })),
            }).ConfigureAwait(false);
        await session.ExecuteAsync(
            $"""
            UPDATE queues SET queued = queues.queued + d.queued, running = queues.running + d.running, paused = queues.paused + d.paused
            FROM (
                SELECT r.* FROM {_dialect.Rows("id bigint, queued integer, running integer, paused integer")}
                JOIN queues AS q ON q.id = r.id ORDER BY q.id {_dialect.Lock("q")}
            ) AS d
            WHERE queues.id = d.id
            """,
            new
            {
                rows = SqlSession.Json(all.GroupBy(shift => shift.Queue).Select(queue => new
                {
                    id = queue.Key,
                    queued = queue.Sum(shift => shift.Of(ItemState.Queued)),
                    running = queue.Sum(shift => shift.Of(ItemState.Running)),
                    paused = queue.Sum(shift => shift.Of(ItemState.Paused)),
                })),
            }).ConfigureAwait(false);
    }

    /// <summary>Items that go from one state to another; from null where they are new.</summary>
    private readonly record struct Shift(long Job, long Queue, ItemState? From, ItemState To, int Items)
    {
        public int Of(ItemState state) => (To == state ? Items : 0) - (From == state ? Items : 0);
    }
}
