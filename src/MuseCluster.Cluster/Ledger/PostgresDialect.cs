using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace MuseCluster.Cluster.Ledger;

/// <summary>A PostgreSQL database, at its read committed level with explicit row locks.</summary>
internal sealed class PostgresDialect : SqlDialect
{
    // Any number will do, as long as every version takes the same.
    private const long SchemaLock = 0x6D757365;

    // Made when it is first used: a dialect that is only looked at holds nothing.
    private readonly Lazy<NpgsqlDataSource> _source;

    private PostgresDialect(NpgsqlConnectionStringBuilder keys)
    {
        if (string.IsNullOrEmpty(keys.Host))
            throw Wrong("it names no host");
        // A million items are cancelled in one statement.
        if (!keys.ContainsKey("Command Timeout"))
            keys.CommandTimeout = 300;
        // Many silos share a server, which takes 100 connections where nobody says otherwise.
        if (!keys.ContainsKey("Maximum Pool Size"))
            keys.MaxPoolSize = 16;
        // Statistics are behind by as much as the last job, so that the planner takes a million items for twenty and would sort
        // them all, where the index has them in order and the first few hundred are wanted.
        keys.Options = $"{keys.Options} -c enable_bitmapscan=off".TrimStart();
        Keys = keys.ConnectionString;
        Place = $"PostgreSQL database '{keys.Database ?? keys.Username}' at {keys.Host}:{keys.Port}";
        _source = new(() => NpgsqlDataSource.Create(keys));
    }

    public override string Place { get; }

    /// <summary>The connection in Npgsql's own form.</summary>
    public string Keys { get; }

    public override string Identity => "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";

    /// <summary>The dialect of Npgsql's own form.</summary>
    public static PostgresDialect OfKeys(string connection)
    {
        try
        {
            return new PostgresDialect(new NpgsqlConnectionStringBuilder(connection));
        }
        catch (Exception e) when (e is ArgumentException { ParamName: not "connection" } or FormatException)
        {
            throw Wrong($"Npgsql says '{e.Message}'", e);
        }
    }

    /// <summary>The dialect of a URL.</summary>
    public static PostgresDialect OfUrl(string connection)
    {
        if (!Uri.TryCreate(connection, UriKind.Absolute, out var url))
            throw Wrong("it is no URL; what is no letter or digit in a password is written like %40 there");
        var keys = new NpgsqlConnectionStringBuilder { Host = url.Host };
        if (url.Port > 0)
            keys.Port = url.Port;
        if (url.AbsolutePath.Length > 1)
            keys.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            keys.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            keys.Password = Uri.UnescapeDataString(user[1]);
        foreach (var option in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = option.Split('=', 2) is [var left, var right] ? (Uri.UnescapeDataString(left), Uri.UnescapeDataString(right)) : (option, "");
            try
            {
                // libpq writes sslmode=verify-full where Npgsql has VerifyFull, and application_name for Application Name.
                keys[name.Replace('_', ' ')] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                throw Wrong($"its option {name} is none of Npgsql's, or has a wrong value", e);
            }
        }
        return new PostgresDialect(keys);
    }

    public override string With(string parameters) => $"WITH ({parameters})";

    public override string Lock(string table) => $"FOR NO KEY UPDATE OF {table}";

    public override string LockFree(string table) => $"FOR NO KEY UPDATE OF {table} SKIP LOCKED";

    public override string Rows(string columns) => $"json_to_recordset(@rows::json) AS r({columns})";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation) => await _source.Value.OpenConnectionAsync(cancellation).ConfigureAwait(false);

    public override Task LockSchemaAsync(SqlSession session) =>
        session.ExecuteAsync("SELECT pg_advisory_xact_lock(@key)", new { key = SchemaLock });

    public override Failure Meaning(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => Failure.Conflict,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => Failure.Connection,
        PostgresException => Failure.Refusal,
        NpgsqlException { InnerException: IOException or SocketException } or IOException or SocketException => Failure.Connection,
        DbException or TimeoutException => Failure.Refusal,
        _ => Failure.None,
    };

    public override void ClearPool() => _source.Value.Clear();

    public override ValueTask DisposeAsync() => _source.IsValueCreated ? _source.Value.DisposeAsync() : ValueTask.CompletedTask;
}
