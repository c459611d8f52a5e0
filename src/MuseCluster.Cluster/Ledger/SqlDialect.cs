using System.Data.Common;

namespace MuseCluster.Cluster.Ledger;

/// <summary>What a database's exception means for the transaction that met it.</summary>
internal enum Failure
{
    /// <summary>It is no database's exception.</summary>
    None,

    /// <summary>Another transaction was in the way; nothing has happened, and the same may succeed now.</summary>
    Conflict,

    /// <summary>The connection could not be made, or broke.</summary>
    Connection,

    /// <summary>The database refuses, and will refuse again.</summary>
    Refusal,
}

/// <summary>Where databases differ: connections, locks, what their errors mean, and a few words of SQL.</summary>
internal abstract class SqlDialect : IAsyncDisposable
{
    /// <summary>Which database, for messages; without its password.</summary>
    public abstract string Place { get; }

    /// <summary>Lets one writer of this process in at a time; null where the database takes many.</summary>
    public virtual SemaphoreSlim? Gate => null;

    /// <summary>Type and constraint of a primary key that the database numbers, growing.</summary>
    public abstract string Identity { get; }

    /// <summary>A table's storage parameters, empty where the database has none.</summary>
    /// <param name="parameters">As PostgreSQL knows them.</param>
    public abstract string With(string parameters);

    /// <summary>Ends a query whose rows are to stay as they are until the transaction ends.</summary>
    /// <param name="table">The rows' table, or its alias.</param>
    public abstract string Lock(string table);

    /// <summary>Like <see cref="Lock"/>, but leaves out what another transaction has locked.</summary>
    /// <param name="table">The rows' table, or its alias.</param>
    public abstract string LockFree(string table);

    /// <summary>The rows of the parameter @rows, a JSON array of objects, as a table r.</summary>
    /// <param name="columns">Names and types with ", " between them; the names are the objects' members.</param>
    public abstract string Rows(string columns);

    /// <summary>Opens a connection.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellation);

    /// <summary>Keeps other processes from changing the schema until the transaction ends.</summary>
    /// <param name="session">The transaction.</param>
    public abstract Task LockSchemaAsync(SqlSession session);

    /// <summary>What an exception means.</summary>
    /// <param name="e">The exception.</param>
    public abstract Failure Meaning(Exception e);

    /// <summary>Closes idle connections: after one has broken, the others are likely broken, too.</summary>
    public abstract void ClearPool();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>The dialect of a connection.</summary>
    /// <param name="connection">See <see cref="SqlLedger.OpenAsync"/>.</param>
    /// <exception cref="ArgumentException">It is none. The message does not repeat it: it may hold a password.</exception>
    public static SqlDialect Of(string connection)
    {
        const StringComparison Ordinal = StringComparison.Ordinal;
        if (connection.StartsWith("sqlite:", Ordinal))
            return new SqliteDialect(connection["sqlite:".Length..]);
        if (connection.StartsWith("postgres://", Ordinal) || connection.StartsWith("postgresql://", Ordinal))
            return PostgresDialect.OfUrl(connection);
        if (connection.Contains('=', Ordinal))
            return PostgresDialect.OfKeys(connection);
        throw Wrong("it starts with none of these");
    }

    /// <summary>Says why a connection is none.</summary>
    /// <param name="why">What is wrong.</param>
    /// <param name="inner">What found it.</param>
    protected static ArgumentException Wrong(string why, Exception? inner = null) => new(
        $"the ledger's connection is wrong: {why}; expected sqlite:PATH, postgres://USER:PASSWORD@HOST:PORT/DATABASE, "
        + "or Npgsql's Host=...;Database=...;Username=...;Password=...", "connection", inner);
}
