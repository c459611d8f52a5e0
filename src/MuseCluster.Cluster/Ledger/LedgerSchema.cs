namespace MuseCluster.Cluster.Ledger;

/// <summary>
/// The ledger's tables, as the list of scripts that lead to them. A script that has been released is never changed: what
/// comes later is a script of its own.
/// </summary>
/// <remarks>
/// A job is numbered when its acceptance starts; the order of a queue is (job, idx). Times are microseconds since 1970, UTC.
/// Counters are changed in the transactions that change the items, so that nothing ever counts them.
/// </remarks>
internal static class LedgerSchema
{
    private static readonly IReadOnlyList<Func<SqlDialect, string>> Scripts = [Tables, FrontDoor, Batches];

    /// <summary>The version that this build writes and reads.</summary>
    public static int Version => Scripts.Count;

    /// <summary>Brings a database to <see cref="Version"/>.</summary>
    /// <param name="dialect">The database.</param>
    /// <param name="session">A transaction that may write.</param>
    /// <exception cref="LedgerException">A later build has been there.</exception>
    public static async Task MigrateAsync(SqlDialect dialect, SqlSession session)
    {
        await dialect.LockSchemaAsync(session).ConfigureAwait(false);
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)").ConfigureAwait(false);
        var version = await session.FirstAsync<int>("SELECT coalesce(max(version), 0) FROM schema_version").ConfigureAwait(false);
        if (version > Version)
            throw new LedgerException(
                $"the schema of the ledger's {dialect.Place} has version {version}, expected at most {Version}: a later build has been there; use that build, or another database");
        for (; version < Version; version++)
        {
            await session.ExecuteAsync(Scripts[version](dialect)).ConfigureAwait(false);
            await session.ExecuteAsync("INSERT INTO schema_version VALUES (@version)", new { version = version + 1 }).ConfigureAwait(false);
        }
    }

    // Half-filled pages let counters change in place, without a word to the indexes. Leases and ends leave dead rows at the
    // head of the queue's index, which are to be cleared before they are a fifth of a million. Items name job and queue without
    // foreign keys: these are written in the same transaction, and checking took most of the time of a large job.
    private static string Tables(SqlDialect dialect) => $"""
        CREATE TABLE tenants (
            name text PRIMARY KEY,
            weight double precision NOT NULL
        );

        CREATE TABLE queues (
            id {dialect.Identity},
            tenant text NOT NULL REFERENCES tenants,
            model text NOT NULL,
            class smallint NOT NULL,
            queued integer NOT NULL DEFAULT 0,
            running integer NOT NULL DEFAULT 0,
            UNIQUE (tenant, model, class)
        ) {dialect.With("fillfactor = 50")};

        CREATE TABLE jobs (
            number {dialect.Identity},
            id text NOT NULL UNIQUE,
            tenant text NOT NULL REFERENCES tenants,
            queue bigint NOT NULL REFERENCES queues,
            created bigint NOT NULL,
            queued integer NOT NULL DEFAULT 0,
            running integer NOT NULL DEFAULT 0,
            done integer NOT NULL DEFAULT 0,
            failed integer NOT NULL DEFAULT 0,
            cancelled integer NOT NULL DEFAULT 0
        ) {dialect.With("fillfactor = 50")};

        CREATE INDEX jobs_tenant ON jobs (tenant, number);

        CREATE TABLE items (
            job bigint NOT NULL,
            idx integer NOT NULL,
            queue bigint NOT NULL,
            state smallint NOT NULL DEFAULT 0,
            attempt integer NOT NULL DEFAULT 0,
            lease bigint,
            dispatched bigint,
            ended bigint,
            request text NOT NULL,
            result text,
            reason text,
            PRIMARY KEY (job, idx)
        ) {dialect.With("autovacuum_vacuum_scale_factor = 0.02")};

        CREATE INDEX items_queued ON items (queue, job, idx) WHERE state = 0;
        CREATE INDEX items_running ON items (lease) WHERE state = 1;

        CREATE TABLE offices (
            name text PRIMARY KEY,
            holder text NOT NULL,
            until bigint NOT NULL
        );

        CREATE TABLE silos (
            name text PRIMARY KEY,
            seen bigint NOT NULL,
            status text NOT NULL
        );
        """;

    private static string FrontDoor(SqlDialect dialect) => """
        ALTER TABLE tenants ADD COLUMN limits text;
        ALTER TABLE queues ADD COLUMN paused integer NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN paused integer NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN held smallint NOT NULL DEFAULT 0;

        CREATE TABLE keys (
            id text PRIMARY KEY,
            tenant text NOT NULL REFERENCES tenants,
            hash text NOT NULL,
            created bigint NOT NULL
        );

        CREATE INDEX keys_tenant ON keys (tenant);

        CREATE TABLE usage (
            tenant text NOT NULL REFERENCES tenants,
            day integer NOT NULL,
            pictures bigint NOT NULL,
            steps bigint NOT NULL,
            seconds double precision NOT NULL,
            PRIMARY KEY (tenant, day)
        );

        CREATE TABLE secrets (
            name text PRIMARY KEY,
            value text NOT NULL
        );
        """;

    // A batch that has not ended is looked at again and again, one that has almost never.
    private static string Batches(SqlDialect dialect) => $"""
        CREATE TABLE files (
            number {dialect.Identity},
            id text NOT NULL UNIQUE,
            tenant text NOT NULL REFERENCES tenants,
            name text NOT NULL,
            purpose text NOT NULL,
            bytes bigint NOT NULL,
            created bigint NOT NULL,
            artifact text NOT NULL
        );

        CREATE INDEX files_tenant ON files (tenant, number);

        CREATE TABLE batches (
            number {dialect.Identity},
            id text NOT NULL UNIQUE,
            tenant text NOT NULL REFERENCES tenants,
            input text NOT NULL,
            endpoint text NOT NULL,
            duration text NOT NULL,
            origin text NOT NULL,
            metadata text,
            created bigint NOT NULL,
            expires bigint NOT NULL,
            state smallint NOT NULL,
            outcome smallint,
            job text,
            lines integer NOT NULL,
            completed integer NOT NULL,
            failed integer NOT NULL,
            output text,
            error text,
            errors text,
            started bigint,
            finalizing bigint,
            cancelling bigint,
            ended bigint
        );

        CREATE INDEX batches_tenant ON batches (tenant, number);
        CREATE INDEX batches_open ON batches (input) WHERE ended IS NULL;
        """;
}
