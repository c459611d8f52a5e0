using System.Text.Json;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Ledger;

/// <content>Jobs and what is known of their items.</content>
public sealed partial class SqlLedger
{
    private const int ItemsPerInsert = 1000;

    private const string JobStatuses = """
        SELECT j.id, q.tenant, q.model, q.class, j.created, j.queued, j.running, j.paused, j.done, j.failed, j.cancelled
        FROM jobs AS j JOIN queues AS q ON q.id = j.queue
        """;

    /// <inheritdoc/>
    public Task<bool> SubmitAsync(Job job, CancellationToken cancellation = default)
    {
        job.Problems().ThrowIfAny("the job is wrong");
        return WriteAsync($"accepting job {job.Id:N}", session => AcceptAsync(session, job), cancellation);
    }

    /// <inheritdoc/>
    public Task<JobStatus?> GetJobAsync(Guid job, CancellationToken cancellation = default) => ReadAsync(
        $"reading job {job:N}",
        async session => (await session.FirstAsync<JobRow>($"{JobStatuses} WHERE j.id = @job", new { job = Text(job) }).ConfigureAwait(false))?.Status,
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobStatus>> GetJobsAsync(string? tenant, int limit, Guid? after = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var whose = $"WHERE {(tenant is null ? "true" : "j.tenant = @tenant")} AND {(after is null ? "true" : "j.number < (SELECT number FROM jobs WHERE id = @after)")}";
        return ReadAsync<IReadOnlyList<JobStatus>>(
            "reading the jobs",
            async session => [.. (await session.QueryAsync<JobRow>($"{JobStatuses} {whose} ORDER BY j.number DESC LIMIT @limit", new { tenant, limit, after = after is { } id ? Text(id) : null })
                .ConfigureAwait(false)).Select(row => row.Status)],
            cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ItemStatus>> GetItemsAsync(Guid job, int from, int limit, CancellationToken cancellation = default) => PageAsync(job, null, from, limit, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ItemStatus>> GetEndedItemsAsync(Guid job, DateTimeOffset since, int from, int limit, CancellationToken cancellation = default) =>
        PageAsync(job, since, from, limit, cancellation);

    /// <inheritdoc/>
    public Task<int> CountAheadAsync(Guid job, CancellationToken cancellation = default) => ReadAsync(
        $"counting what is ahead of job {job:N}",
        session => session.FirstAsync<int>(
            $"""
            SELECT count(*) FROM (
                SELECT 1 FROM items AS i JOIN (SELECT number, queue FROM jobs WHERE id = @job) AS mine ON i.queue = mine.queue AND i.job < mine.number
                WHERE {Queued} LIMIT 10000
            ) AS ahead
            """,
            new { job = Text(job) }),
        cancellation);

    private Task<IReadOnlyList<ItemStatus>> PageAsync(Guid job, DateTimeOffset? endedSince, int from, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return ReadAsync<IReadOnlyList<ItemStatus>>(
            $"reading the items of job {job:N}",
            async session => [.. (await session.QueryAsync<ItemRow>(
                $"""
                SELECT j.id, q.tenant, q.model, q.class, j.created, i.* FROM (
                    SELECT * FROM items
                    WHERE job = (SELECT number FROM jobs WHERE id = @job) AND idx >= @from AND {(endedSince is null ? "true" : "ended >= @since")} ORDER BY idx LIMIT @limit
                ) AS i JOIN jobs AS j ON j.number = i.job JOIN queues AS q ON q.id = j.queue
                ORDER BY i.idx
                """,
                new { job = Text(job), from, limit, since = endedSince is { } moment ? Micros(moment) : 0 }).ConfigureAwait(false)).Select(row => row.Status)],
            cancellation);
    }

    private async Task<bool> AcceptAsync(SqlSession session, Job job)
    {
        var id = Text(job.Id);
        // Nothing is changed by a job that is there, not even the tenants.
        if (await session.FirstAsync<long?>("SELECT number FROM jobs WHERE id = @id", new { id }).ConfigureAwait(false) is not null)
            return false;
        var key = new { tenant = job.Tenant, model = job.Model, @class = (int)job.Class };
        await session.ExecuteAsync("INSERT INTO tenants (name, weight) VALUES (@tenant, 1) ON CONFLICT DO NOTHING", key).ConfigureAwait(false);
        await CheckLimitsAsync(session, job).ConfigureAwait(false);
        await session.ExecuteAsync("INSERT INTO queues (tenant, model, class) VALUES (@tenant, @model, @class) ON CONFLICT DO NOTHING", key).ConfigureAwait(false);
        var queue = await session.FirstAsync<long>(FindQueue, key).ConfigureAwait(false);
        var number = await session.FirstAsync<long?>(
            "INSERT INTO jobs (id, tenant, queue, created) VALUES (@id, @tenant, @queue, @now) ON CONFLICT (id) DO NOTHING RETURNING number",
            new { id, tenant = job.Tenant, queue, now = Now }).ConfigureAwait(false);
        if (number is null)
            return false;
        var insert = $"INSERT INTO items (job, idx, queue, request) SELECT @number, r.idx, @queue, r.request FROM {_dialect.Rows("idx integer, request text")}";
        foreach (var chunk in job.Requests.Select((request, idx) => (request, idx)).Chunk(ItemsPerInsert))
        {
            session.Cancellation.ThrowIfCancellationRequested();
            var rows = SqlSession.Json(chunk.Select(item => new { item.idx, request = JsonSerializer.Serialize(item.request, RequestJson.Options) }));
            await session.ExecuteAsync(insert, new { number, queue, rows }).ConfigureAwait(false);
        }
        await CountAsync(session, [new Shift(number.Value, queue, null, ItemState.Queued, job.Requests.Count)]).ConfigureAwait(false);
        return true;
    }

    private static string Text(Guid id) => id.ToString("N");

    // Databases order texts by rules of their own.
    private static IReadOnlyList<T> Sorted<T>(IEnumerable<T> rows, Func<T, string> name) => [.. rows.OrderBy(name, StringComparer.Ordinal)];
}
