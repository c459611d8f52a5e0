using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <content>What tenants do with jobs that are there.</content>
public sealed partial class SqlLedger
{
    // The answers of a batch that has not ended are made of its job.
    private const string Unread = "NOT EXISTS (SELECT 1 FROM batches AS b WHERE b.job = jobs.id AND b.ended IS NULL)";

    private static readonly string Paused = $"i.state = {(int)ItemState.Paused}";
    private static readonly string Failed = $"i.state = {(int)ItemState.Failed}";

    /// <inheritdoc/>
    public Task<int> CancelAsync(Guid job, CancellationToken cancellation = default) =>
        MoveAsync($"cancelling job {job:N}", job, null, Alive, _ => ItemState.Cancelled, "lease = NULL, ended = @now", cancellation);

    /// <inheritdoc/>
    public Task<int> PauseAsync(Guid job, CancellationToken cancellation = default) =>
        MoveAsync($"pausing job {job:N}", job, true, Queued, _ => ItemState.Paused, "lease = NULL", cancellation);

    /// <inheritdoc/>
    public Task<int> ResumeAsync(Guid job, CancellationToken cancellation = default) =>
        MoveAsync($"resuming job {job:N}", job, false, Paused, _ => ItemState.Queued, "lease = NULL", cancellation);

    /// <inheritdoc/>
    public Task<int> RetryAsync(Guid job, CancellationToken cancellation = default) => MoveAsync(
        $"retrying job {job:N}", job, null, Failed, row => row.Paused ? ItemState.Paused : ItemState.Queued, "lease = NULL, attempt = 0, dispatched = NULL, ended = NULL, reason = NULL", cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Guid>> GetEndedJobsAsync(string tenant, DateTimeOffset before, int limit, CancellationToken cancellation = default) => ReadAsync<IReadOnlyList<Guid>>(
        $"reading old jobs of tenant {tenant}",
        async session => [.. (await session.QueryAsync<string>(
            $"SELECT id FROM jobs WHERE tenant = @tenant AND created < @before AND queued + running + paused = 0 AND {Unread} ORDER BY number LIMIT @limit",
            new { tenant, before = Micros(before), limit }).ConfigureAwait(false)).Select(id => Guid.ParseExact(id, "N"))],
        cancellation);

    /// <inheritdoc/>
    public Task<bool> DeleteJobAsync(Guid job, CancellationToken cancellation = default) => WriteAsync(
        $"deleting job {job:N}",
        async session =>
        {
            var number = await session.FirstAsync<long?>(
                $"SELECT number FROM jobs WHERE id = @job AND queued + running + paused = 0 AND {Unread} {_dialect.Lock("jobs")}", new { job = Text(job) }).ConfigureAwait(false);
            if (number is null)
                return false;
            await session.ExecuteAsync("DELETE FROM items WHERE job = @number", new { number }).ConfigureAwait(false);
            return await session.ExecuteAsync("DELETE FROM jobs WHERE number = @number", new { number }).ConfigureAwait(false) == 1;
        },
        cancellation);

    /// <summary>Takes those items of a job that are in some states to another.</summary>
    private Task<int> MoveAsync(string doing, Guid job, bool? pause, string which, Func<ItemRow, ItemState> target, string also, CancellationToken cancellation) => WriteAsync(
        doing,
        async session =>
        {
            if (pause is not null)
                await session.ExecuteAsync("UPDATE jobs SET held = @held WHERE id = @job", new { job = Text(job), held = pause.Value ? 1 : 0 }).ConfigureAwait(false);
            var found = await session.FirstAsync<ItemRow>("SELECT number AS job, queue, held AS paused FROM jobs WHERE id = @job", new { job = Text(job) }).ConfigureAwait(false);
            if (found is null)
                return 0;
            // The items stay locked from the count to the change, so that the count is what is changed.
            var counts = await session.QueryAsync<Count>(
                $"""
                SELECT state, count(*) AS items FROM (
                    SELECT i.state FROM items AS i WHERE i.job = @job AND {which} ORDER BY i.idx {_dialect.Lock("i")}
                ) AS which GROUP BY state
                """,
                new { job = found.Job }).ConfigureAwait(false);
            var state = target(found);
            await session.ExecuteAsync($"UPDATE items AS i SET state = {(int)state}, {also} WHERE i.job = @job AND {which}", new { job = found.Job, now = Now }).ConfigureAwait(false);
            await CountAsync(session, counts.Select(count => new Shift(found.Job, found.Queue, count.State, state, count.Items))).ConfigureAwait(false);
            return counts.Sum(count => count.Items);
        },
        cancellation);
}
