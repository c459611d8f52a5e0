using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <content>From the queue to the end of each item.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Backlog>> GetBacklogAsync(CancellationToken cancellation = default) => ReadAsync<IReadOnlyList<Backlog>>(
        "reading the backlog",
        async session => [.. (await session.QueryAsync<BacklogRow>(
            $"""
            SELECT q.tenant, q.model, q.class, t.weight, t.limits, q.queued, q.running, CASE WHEN q.queued > 0 THEN (
                SELECT j.created FROM jobs AS j WHERE j.number = (
                    SELECT i.job FROM items AS i WHERE i.queue = q.id AND {Queued} ORDER BY i.job, i.idx LIMIT 1)) END AS oldest
            FROM queues AS q JOIN tenants AS t ON t.name = q.tenant
            WHERE q.queued > 0 OR q.running > 0
            ORDER BY q.id
            """).ConfigureAwait(false)).Select(row => row.Backlog)],
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Item>> LeaseAsync(IReadOnlyList<Claim> claims, TimeSpan lease, CancellationToken cancellation = default)
    {
        var span = Micros(lease);
        foreach (var claim in claims)
            ArgumentOutOfRangeException.ThrowIfNegative(claim.Count, nameof(claims));
        return WriteAsync<IReadOnlyList<Item>>(
            "leasing items",
            async session =>
            {
                var taken = new List<ItemRow>();
                // A queue that is claimed twice is claimed once, for both.
                foreach (var claim in claims.GroupBy(claim => claim.Queue, (queue, some) => new Claim(queue, some.Sum(claim => claim.Count))).Where(claim => claim.Count > 0))
                    taken.AddRange(await session.QueryAsync<ItemRow>(
                        $"""
                        SELECT j.id, @tenant AS tenant, @model AS model, @class AS class, i.* FROM (
                            SELECT i.job, i.idx, i.queue, i.state, i.attempt, i.request FROM items AS i
                            WHERE i.queue = ({FindQueue}) AND {Queued}
                            ORDER BY i.job, i.idx LIMIT @count {_dialect.LockFree("i")}
                        ) AS i JOIN jobs AS j ON j.number = i.job
                        ORDER BY i.job, i.idx
                        """,
                        new { tenant = claim.Queue.Tenant, model = claim.Queue.Model, @class = (int)claim.Queue.Class, count = claim.Count }).ConfigureAwait(false));
                var now = Now;
                var running = await ChangeAsync(
                    session, taken, row => row with { State = ItemState.Running, Attempt = row.Attempt + 1, Dispatched = now, Lease = now + span }).ConfigureAwait(false);
                return [.. running.Select(row => row.Item)];
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ItemId>> RenewAsync(IReadOnlyList<ItemId> items, TimeSpan lease, CancellationToken cancellation = default)
    {
        var span = Micros(lease);
        return WriteAsync<IReadOnlyList<ItemId>>(
            "renewing leases",
            async session =>
            {
                var until = Now + span;
                var alive = await ChangeAsync(
                    session,
                    await LockAsync(session, items).ConfigureAwait(false),
                    row => row with { State = ItemState.Running, Lease = until }).ConfigureAwait(false);
                return [.. items.Except(alive.Select(row => row.Key))];
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task ReturnAsync(IReadOnlyList<ItemId> items, CancellationToken cancellation = default) => WriteAsync(
        "returning items",
        async session =>
        {
            var alive = await LockAsync(session, items).ConfigureAwait(false);
            await ChangeAsync(
                session,
                [.. alive.Where(row => row.State == ItemState.Running)],
                row => row with { State = Waiting(row), Attempt = Math.Max(0, row.Attempt - 1), Lease = null }).ConfigureAwait(false);
        },
        cancellation);

    /// <inheritdoc/>
    public Task<Expired> ExpireAsync(int maxAttempts, int limit, TimeSpan grace = default, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return WriteAsync(
            "ending leases",
            async session =>
            {
                var now = Now;
                // Whoever holds one of them is about to renew it, return it or end it.
                var due = await session.QueryAsync<ItemRow>(
                    $"""
                    SELECT j.id, j.held AS paused, i.* FROM (
                        SELECT i.job, i.idx, i.queue, i.state, i.attempt, i.dispatched FROM items AS i
                        WHERE {Running} AND i.lease <= @due
                        ORDER BY i.lease LIMIT @limit {_dialect.LockFree("i")}
                    ) AS i JOIN jobs AS j ON j.number = i.job
                    ORDER BY i.job, i.idx
                    """,
                    new { due = now - (grace.Ticks / TimeSpan.TicksPerMicrosecond), limit }).ConfigureAwait(false);
                var changed = await ChangeAsync(
                    session,
                    due,
                    row => row.Attempt < maxAttempts
                        ? row with { State = Waiting(row), Lease = null }
                        : row with { State = ItemState.Failed, Lease = null, Ended = now, Reason = GivenUp(row.Attempt) }).ConfigureAwait(false);
                var failed = changed.ToLookup(row => row.State == ItemState.Failed, row => row.Key);
                return new Expired([.. failed[false]], [.. failed[true]]);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task<int> EndLeasesAsync(CancellationToken cancellation = default) => WriteAsync(
        "ending all leases",
        session => session.ExecuteAsync($"UPDATE items AS i SET lease = @now WHERE {Running}", new { now = Now }),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ItemId>> EndAsync(IReadOnlyList<Outcome> outcomes, CancellationToken cancellation = default)
    {
        foreach (var outcome in outcomes)
            if (outcome.Result is null == outcome.Reason is null)
                throw new ArgumentException(
                    $"the outcome of item {outcome.Item} has {(outcome.Result is null ? "neither result nor reason" : "a result and a reason")}, expected one of them", nameof(outcomes));
        var first = outcomes.DistinctBy(outcome => outcome.Item).ToDictionary(outcome => outcome.Item);
        return WriteAsync<IReadOnlyList<ItemId>>(
            "ending items",
            async session =>
            {
                var now = Now;
                var ended = await ChangeAsync(
                    session,
                    await LockAsync(session, first.Keys).ConfigureAwait(false),
                    row =>
                    {
                        var (result, reason) = (first[row.Key].Result, first[row.Key].Reason);
                        var state = reason is null ? ItemState.Done : ItemState.Failed;
                        // PostgreSQL keeps no text with a NUL, and a reason may quote anything.
                        return row with { State = state, Lease = null, Ended = now, Result = result, Reason = reason?.Replace('\0', '\uFFFD') };
                    }).ConfigureAwait(false);
                await ChargeAsync(session, ended.Select(row => (row.Tenant, first[row.Key]))).ConfigureAwait(false);
                return [.. ended.Select(row => row.Key)];
            },
            cancellation);
    }

    private static ItemState Waiting(ItemRow row) => row.Paused ? ItemState.Paused : ItemState.Queued;

    private static string GivenUp(int attempts) => $"given up after {attempts} {(attempts == 1 ? "attempt" : "attempts")}: no silo finished it in time";
}
