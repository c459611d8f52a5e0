using MuseCluster.Cluster.Ledger;

namespace MuseCluster.Cluster.Tests.Ledger;

public class LedgerConnectionTests
{
    [Theory]
    [InlineData("", "starts with none")]
    [InlineData("ledger.db", "starts with none")]
    [InlineData("sqlite:", "names no file")]
    [InlineData("sqlite::memory:", "names no file")]
    [InlineData("postgres://", "it")]
    [InlineData("postgres://me:sec%ret@host:99999/x", "it is no URL")]
    [InlineData("postgres://me:secret@host/x?sslmood=require", "option sslmood")]
    [InlineData("postgres://me:secret@host/x?sslmode=perhaps", "option sslmode")]
    [InlineData("Database=x;Password=secret", "names no host")]
    [InlineData("Hose=x;Password=secret", "Npgsql says")]
    public async Task A_wrong_connection_is_refused_without_its_password(string connection, string problem)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => SqlLedger.OpenAsync(connection, TimeProvider.System));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("expected sqlite:PATH, postgres://", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me:p%40ss%3A@db.example:6543/muse?sslmode=verify-full", "PostgreSQL database 'muse' at db.example:6543")]
    [InlineData("postgresql://me@db.example/muse", "PostgreSQL database 'muse' at db.example:5432")]
    [InlineData("postgresql://me@[::1]/muse", "PostgreSQL database 'muse' at [::1]:5432")]
    [InlineData("Host=db.example;Username=me;Password=a=b", "PostgreSQL database 'me' at db.example:5432")]
    public async Task A_connection_names_its_database(string connection, string place)
    {
        await using var dialect = SqlDialect.Of(connection);
        Assert.Equal(place, dialect.Place);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_ledger_exception()
    {
        var failure = await Assert.ThrowsAsync<LedgerException>(() => SqlLedger.OpenAsync("postgres://me:secret@127.0.0.1:1/muse", TimeProvider.System));
        Assert.StartsWith("opening failed: the ledger's PostgreSQL database 'muse' at 127.0.0.1:1 cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
