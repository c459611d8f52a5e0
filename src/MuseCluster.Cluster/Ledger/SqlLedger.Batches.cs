using System.Text.Json;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Ledger;

/// <content>Batches.</content>
public sealed partial class SqlLedger
{
    private const string BatchColumns =
        "id, tenant, input, endpoint, duration, origin, metadata, created, expires, state, outcome, job, lines, completed, failed, output, error, errors, started, finalizing, cancelling, ended";

    /// <inheritdoc/>
    public Task<BatchAddition> AddBatchAsync(BatchRecord batch, CancellationToken cancellation = default) => WriteAsync(
        $"adding batch {batch.Id:N}",
        async session =>
        {
            var row = BatchRow.Of(batch);
            if (await session.FirstAsync<string>("SELECT id FROM batches WHERE id = @Id", row).ConfigureAwait(false) is not null)
                return BatchAddition.WasThere;
            // The row stays locked, so that the file is not deleted meanwhile.
            if (await session.FirstAsync<string>($"SELECT id FROM files WHERE id = @Input AND tenant = @Tenant {_dialect.Lock("files")}", row).ConfigureAwait(false) is null)
                return BatchAddition.NoInput;
            var parameters = string.Join(", ", BatchColumns.Split(", ").Select(column => $"@{char.ToUpperInvariant(column[0])}{column[1..]}"));
            return await session.ExecuteAsync($"INSERT INTO batches ({BatchColumns}) VALUES ({parameters}) ON CONFLICT (id) DO NOTHING", row).ConfigureAwait(false) == 1
                ? BatchAddition.Added : BatchAddition.WasThere;
        },
        cancellation);

    /// <inheritdoc/>
    public Task<BatchRecord?> GetBatchAsync(Guid id, CancellationToken cancellation = default) => ReadAsync(
        $"reading batch {id:N}",
        async session => (await session.FirstAsync<BatchRow>($"SELECT {BatchColumns} FROM batches WHERE id = @id", new { id = Text(id) }).ConfigureAwait(false))?.Batch,
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BatchRecord>> GetBatchesAsync(string tenant, int limit, Guid? after = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var which = after is null ? "" : "AND number < (SELECT number FROM batches WHERE id = @after)";
        return ReadAsync<IReadOnlyList<BatchRecord>>(
            $"reading the batches of tenant {tenant}",
            async session => [.. (await session.QueryAsync<BatchRow>(
                $"SELECT {BatchColumns} FROM batches WHERE tenant = @tenant {which} ORDER BY number DESC LIMIT @limit", new { tenant, limit, after = after is { } id ? Text(id) : null })
                .ConfigureAwait(false)).Select(row => row.Batch)],
            cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BatchRecord>> GetDueBatchesAsync(int each, CancellationToken cancellation = default) => ReadAsync<IReadOnlyList<BatchRecord>>(
        "looking for batches",
        async session => [.. (await session.QueryAsync<BatchRow>(
            $"""
            SELECT * FROM (
                SELECT b.*, row_number() OVER (PARTITION BY b.tenant ORDER BY CASE b.state WHEN {(int)BatchState.Validating} THEN 1 ELSE 0 END, b.number) AS place
                FROM batches AS b LEFT JOIN jobs AS j ON j.id = b.job
                WHERE b.ended IS NULL AND (b.state <> {(int)BatchState.InProgress} OR b.expires <= @now OR j.id IS NULL OR j.queued + j.running + j.paused = 0)
            ) AS due WHERE place <= @each ORDER BY place, number
            """,
            new { now = Now, each }).ConfigureAwait(false)).Select(row => row.Batch)],
        cancellation);

    /// <inheritdoc/>
    public Task<bool> ChangeBatchAsync(BatchRecord batch, BatchState from, IReadOnlyList<FileRecord>? files = null, CancellationToken cancellation = default) => WriteAsync(
        $"changing batch {batch.Id:N}",
        async session =>
        {
            var changed = await session.ExecuteAsync(
                $"""
                UPDATE batches SET state = @State, outcome = @Outcome, job = @Job, lines = @Lines, completed = @Completed, failed = @Failed, output = @Output, error = @Error,
                    errors = @Errors, started = @Started, finalizing = @Finalizing, cancelling = @Cancelling, ended = @Ended
                WHERE id = @Id AND state = {(int)from}
                """,
                BatchRow.Of(batch)).ConfigureAwait(false) == 1;
            foreach (var file in changed ? files ?? [] : [])
                await InsertAsync(session, file).ConfigureAwait(false);
            return changed;
        },
        cancellation);

    private sealed record BatchRow
    {
        public string Id { get; init; } = "";

        public string Tenant { get; init; } = "";

        public string Input { get; init; } = "";

        public string Endpoint { get; init; } = "";

        public string Duration { get; init; } = "";

        public string Origin { get; init; } = "";

        public string? Metadata { get; init; }

        public long Created { get; init; }

        public long Expires { get; init; }

        public int State { get; init; }

        public int? Outcome { get; init; }

        public string? Job { get; init; }

        public int Lines { get; init; }

        public int Completed { get; init; }

        public int Failed { get; init; }

        public string? Output { get; init; }

        public string? Error { get; init; }

        public string? Errors { get; init; }

        public long? Started { get; init; }

        public long? Finalizing { get; init; }

        public long? Cancelling { get; init; }

        public long? Ended { get; init; }

        public BatchRecord Batch => new()
        {
            Id = Guid.ParseExact(Id, "N"),
            Tenant = Tenant,
            Input = Guid.ParseExact(Input, "N"),
            Endpoint = Endpoint,
            Window = Duration,
            Origin = Origin,
            Metadata = Metadata is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(Metadata, RequestJson.Options)!,
            Created = Moment(Created),
            Expires = Moment(Expires),
            State = (BatchState)State,
            Outcome = (BatchState?)Outcome,
            Job = Parse(Job),
            Lines = Lines,
            Completed = Completed,
            Failed = Failed,
            Output = Parse(Output),
            Error = Parse(Error),
            Errors = Errors is null ? [] : JsonSerializer.Deserialize<BatchError[]>(Errors, RequestJson.Options)!,
            Started = Moment(Started),
            Finalizing = Moment(Finalizing),
            Cancelling = Moment(Cancelling),
            Ended = Moment(Ended),
        };

        public static BatchRow Of(BatchRecord batch) => new()
        {
            Id = Text(batch.Id),
            Tenant = batch.Tenant,
            Input = Text(batch.Input),
            Endpoint = batch.Endpoint,
            Duration = batch.Window,
            Origin = batch.Origin,
            Metadata = batch.Metadata.Count == 0 ? null : JsonSerializer.Serialize(batch.Metadata, RequestJson.Options),
            Created = Micros(batch.Created),
            Expires = Micros(batch.Expires),
            State = (int)batch.State,
            Outcome = (int?)batch.Outcome,
            Job = batch.Job?.ToString("N"),
            Lines = batch.Lines,
            Completed = batch.Completed,
            Failed = batch.Failed,
            Output = batch.Output?.ToString("N"),
            Error = batch.Error?.ToString("N"),
            Errors = batch.Errors.Count == 0 ? null : JsonSerializer.Serialize(batch.Errors, RequestJson.Options),
            Started = Since1970(batch.Started),
            Finalizing = Since1970(batch.Finalizing),
            Cancelling = Since1970(batch.Cancelling),
            Ended = Since1970(batch.Ended),
        };

        private static Guid? Parse(string? id) => id is null ? null : Guid.ParseExact(id, "N");

        private static long? Since1970(DateTimeOffset? moment) => moment is { } some ? Micros(some) : null;
    }
}
