using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace MuseCluster.Cluster.Ledger;

/// <summary>A SQLite file, with a write-ahead log that is flushed on every commit.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    private const int Busy = 5, Locked = 6;

    private readonly string _connection;
    private readonly string _path;

    public SqliteDialect(string path)
    {
        if (path is "" or ":memory:" || path.StartsWith("//", StringComparison.Ordinal))
            throw Wrong($"sqlite:{path} names no file");
        _path = Path.GetFullPath(path);
        _connection = new SqliteConnectionStringBuilder { DataSource = _path, ForeignKeys = true, DefaultTimeout = 10 }.ToString();
    }

    public override string Place => $"SQLite file {_path}";

    public override SemaphoreSlim Gate { get; } = new(1);

    public override string Identity => "integer PRIMARY KEY AUTOINCREMENT";

    public override string With(string parameters) => "";

    public override string Lock(string table) => "";

    public override string LockFree(string table) => "";

    public override string Rows(string columns)
    {
        var members = columns.Split(", ").Select(column => column.Split(' ')[0]).Select(name => $"value->>'{name}' AS {name}");
        return $"(SELECT {string.Join(", ", members)} FROM json_each(@rows)) AS r";
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var opened = new SqliteConnection(_connection);
        try
        {
            await opened.OpenAsync(cancellation).ConfigureAwait(false);
            await opened.ExecuteAsync("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").ConfigureAwait(false);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Nothing: every transaction that writes has the whole file from its start.</summary>
    public override Task LockSchemaAsync(SqlSession session) => Task.CompletedTask;

    public override Failure Meaning(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: Busy or Locked } => Failure.Conflict,
        DbException or IOException or UnauthorizedAccessException => Failure.Refusal,
        _ => Failure.None,
    };

    public override void ClearPool()
    {
        using var any = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(any);
    }

    public override ValueTask DisposeAsync()
    {
        ClearPool();
        return default;
    }
}
