using Dapper;
using Microsoft.Data.Sqlite;
using MuseCluster.Cluster.Ledger;

namespace MuseCluster.Cluster.Tests.Ledger;

public sealed class SqliteLedgerTests : LedgerConformance
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"muse-ledger-{Guid.NewGuid():N}");

    protected override Task<string> CreateAsync() => Task.FromResult($"sqlite:{Path.Combine(folder, "deep", $"{Guid.NewGuid():N}.db")}");

    protected override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Connection["sqlite:".Length..]};Pooling=false");
        await connection.ExecuteAsync(sql);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        var path = Path.Combine(folder, "text.db");
        await File.WriteAllTextAsync(path, new string('x', 10_000));
        var refusal = await Assert.ThrowsAsync<LedgerException>(() => SqlLedger.OpenAsync($"sqlite:{path}", Time));
        Assert.Contains($"SQLite file {path} refuses", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_commit_is_flushed_to_a_write_ahead_log()
    {
        await using var dialect = new SqliteDialect(Connection["sqlite:".Length..]);
        await using var connection = await dialect.OpenAsync(default);
        Assert.Equal(
            ("wal", 2L, 1L),
            (await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode"), await connection.ExecuteScalarAsync<long>("PRAGMA synchronous"), await connection.ExecuteScalarAsync<long>("PRAGMA foreign_keys")));
    }
}
