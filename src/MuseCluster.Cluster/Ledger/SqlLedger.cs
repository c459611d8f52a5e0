using System.Data;

namespace MuseCluster.Cluster.Ledger;

/// <summary>
/// The ledger in a SQLite file, for one machine, or in a PostgreSQL database, for many. Each method is one transaction. It is
/// repeated where another one was in the way, and once where the connection broke before the commit: a pooled connection
/// does not survive its server's restart. A commit whose answer is lost is the caller's to repeat.
/// </summary>
public sealed partial class SqlLedger : ILedger, ITenantLedger, IBatchLedger
{
    private const int MaxConflicts = 8;

    private readonly SqlDialect _dialect;
    private readonly TimeProvider _time;
    private bool _disposed;

    private SqlLedger(SqlDialect dialect, TimeProvider time)
        => (_dialect, _time) = (dialect, time);

    /// <summary>Opens a ledger, and makes its tables or brings them to this build's version.</summary>
    /// <param name="connection">
    /// <c>sqlite:PATH</c>, <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require</c>, or Npgsql's
    /// <c>Host=...;Database=...</c>. A SQLite file and its folder are made where they are missing; a PostgreSQL database is there.
    /// </param>
    /// <param name="time">The clock of leases, offices and silos.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The ledger.</returns>
    /// <exception cref="ArgumentException">The connection is wrong; the message says what is expected.</exception>
    /// <exception cref="LedgerException">The database cannot be reached, refuses, or was written by a later build.</exception>
    public static async Task<SqlLedger> OpenAsync(string connection, TimeProvider time, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(time);
        var ledger = new SqlLedger(SqlDialect.Of(connection), time);
        try
        {
            await ledger.WriteAsync("opening", session => LedgerSchema.MigrateAsync(ledger._dialect, session), cancellation).ConfigureAwait(false);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks at a connection without opening it.</summary>
    /// <param name="connection">As <see cref="OpenAsync"/> takes it.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">It is wrong; the message says what is expected.</exception>
    public static string Validate(string connection)
    {
        _ = SqlDialect.Of(connection);
        return connection;
    }

    /// <summary>The ledger's database, for others that keep something there.</summary>
    /// <param name="connection">Where the ledger is.</param>
    /// <returns>The connection in Npgsql's form; null where it is not PostgreSQL.</returns>
    /// <exception cref="ArgumentException">It is no connection; the message says what is expected.</exception>
    public static string? PostgresKeys(string connection) => (SqlDialect.Of(connection) as PostgresDialect)?.Keys;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _dialect.DisposeAsync();
    }

    private long Now => Micros(_time.GetUtcNow());

    private static long Micros(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static long Micros(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(span, TimeSpan.Zero);
        return span.Ticks / TimeSpan.TicksPerMicrosecond;
    }

    private static DateTimeOffset Moment(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    private static DateTimeOffset? Moment(long? micros) => micros is { } some ? Moment(some) : null;

    private Task<T> ReadAsync<T>(string doing, Func<SqlSession, Task<T>> work, CancellationToken cancellation) => RunAsync(doing, false, work, cancellation);

    private Task<T> WriteAsync<T>(string doing, Func<SqlSession, Task<T>> work, CancellationToken cancellation) => RunAsync(doing, true, work, cancellation);

    private Task WriteAsync(string doing, Func<SqlSession, Task> work, CancellationToken cancellation) => RunAsync(
        doing,
        true,
        async session =>
        {
            await work(session).ConfigureAwait(false);
            return true;
        },
        cancellation);

    private async Task<T> RunAsync<T>(string doing, bool writes, Func<SqlSession, Task<T>> work, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var attempt = new Attempt();
        for (; ; )
        {
            try
            {
                return writes
                    ? await CommitAsync(work, attempt, cancellation).ConfigureAwait(false)
                    : await LookAsync(work, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (_dialect.Meaning(e) is var failure and not Failure.None)
            {
                cancellation.ThrowIfCancellationRequested();
                if (failure == Failure.Connection)
                    _dialect.ClearPool();
                if (failure == Failure.Conflict && attempt.Conflicts++ < MaxConflicts)
                    await Task.Delay(Pause(attempt.Conflicts), _time, cancellation).ConfigureAwait(false);
                else if (failure != Failure.Connection || attempt.Committing || attempt.Breaks++ > 0)
                    throw new LedgerException(
                        $"{doing} failed: the ledger's {_dialect.Place} {(failure == Failure.Connection ? "cannot be reached" : "refuses")}: {e.Message}", e);
            }
        }
    }

    private async Task<T> LookAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation)
    {
        var connection = await _dialect.OpenAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await work(new SqlSession(connection, null, cancellation)).ConfigureAwait(false);
    }

    private async Task<T> CommitAsync<T>(Func<SqlSession, Task<T>> work, Attempt attempt, CancellationToken cancellation)
    {
        attempt.Committing = false;
        if (_dialect.Gate is { } gate)
            await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var connection = await _dialect.OpenAsync(cancellation).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation).ConfigureAwait(false);
            await using var ending = transaction.ConfigureAwait(false);
            var result = await work(new SqlSession(connection, transaction, cancellation)).ConfigureAwait(false);
            attempt.Committing = true;
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
            return result;
        }
        finally
        {
            _dialect.Gate?.Release();
        }
    }

    private static TimeSpan Pause(int conflicts) => TimeSpan.FromMilliseconds((5 << conflicts) * (0.5 + Random.Shared.NextDouble()));

    /// <summary>What a method's transaction has met so far.</summary>
    private sealed class Attempt
    {
        public int Conflicts { get; set; }

        public int Breaks { get; set; }

        public bool Committing { get; set; }
    }
}
