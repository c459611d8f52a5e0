using System.Data.Common;
using System.Text.Json;
using Dapper;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Ledger;

/// <summary>A connection, and the transaction that its commands belong to.</summary>
/// <param name="Connection">The connection, open.</param>
/// <param name="Transaction">The transaction; null where each command is its own.</param>
/// <param name="Cancellation">Gives up waiting.</param>
internal readonly record struct SqlSession(DbConnection Connection, DbTransaction? Transaction, CancellationToken Cancellation)
{
    /// <summary>Rows that hold a list, for <see cref="SqlDialect.Rows"/>.</summary>
    /// <param name="rows">Objects whose members are the columns, in camel case.</param>
    public static string Json<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows, RequestJson.Options);

    /// <summary>All rows of a query.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="parameters">Its parameters, as members.</param>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        (await Connection.QueryAsync<T>(Command(sql, parameters)).ConfigureAwait(false)).AsList();

    /// <summary>The first row of a query, or the type's default.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="parameters">Its parameters, as members.</param>
    public Task<T?> FirstAsync<T>(string sql, object? parameters = null) => Connection.QueryFirstOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>Runs a command.</summary>
    /// <param name="sql">The command.</param>
    /// <param name="parameters">Its parameters, as members.</param>
    /// <returns>How many rows it changed.</returns>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => Connection.ExecuteAsync(Command(sql, parameters));

    private CommandDefinition Command(string sql, object? parameters) => new(sql, parameters, Transaction, cancellationToken: Cancellation);
}
