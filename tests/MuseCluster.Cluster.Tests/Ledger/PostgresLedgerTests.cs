using Dapper;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Tests.Servers;
using MuseCluster.Cluster.Work;
using Npgsql;

namespace MuseCluster.Cluster.Tests.Ledger;

[Collection(PostgresCollection.Name)]
public sealed class PostgresLedgerTests(PostgresFixture postgres) : LedgerConformance
{
    protected override Task<string> CreateAsync() => postgres.CreateDatabaseAsync();

    protected override async Task ExecuteAsync(string sql)
    {
        var url = new Uri(Connection);
        await using var connection = new NpgsqlConnection($"Host={url.Host};Port={url.Port};Username=postgres;Database={url.AbsolutePath[1..]};Pooling=false");
        await connection.ExecuteAsync(sql);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_works_again_once_the_server_was_restarted(bool crash)
    {
        var job = await SubmitAsync(8);
        // Several connections wait in the pool; none of them survives.
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Ledger.GetBacklogAsync()));
        var leased = await LeaseAsync(2);
        await (crash ? postgres.Server.KillAsync() : postgres.Server.StopAsync());
        try
        {
            var failure = await Assert.ThrowsAsync<LedgerException>(() => Ledger.GetBacklogAsync());
            Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<LedgerException>(() => LeaseAsync(1));
        }
        finally
        {
            await postgres.Server.StartAsync();
        }
        Assert.Equal(Ids(job, 2, 3), await LeaseAsync(2));
        Assert.Equal(leased, await Ledger.EndAsync([.. leased.Select(id => Outcome.Done(id, "x"))]));
        await AssertCountersAsync();
    }

    [Fact]
    public async Task A_restart_that_nobody_waited_for_is_not_noticed()
    {
        await SubmitAsync(8);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Ledger.GetBacklogAsync()));
        await postgres.Server.StopAsync();
        await postgres.Server.StartAsync();
        Assert.Equal(2, (await LeaseAsync(2)).Count);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_not_noticed()
    {
        await SubmitAsync(8);
        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.Equal(8, Assert.Single(await Ledger.GetBacklogAsync()).Queued);
        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.Equal(2, (await LeaseAsync(2)).Count);
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task What_another_transaction_was_in_the_way_of_is_tried_again(string code)
    {
        // A sequence goes on where a transaction is rolled back: the third try gets through.
        await ExecuteAsync($"""
            CREATE SEQUENCE tries;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') < 3 THEN RAISE 'in the way' USING ERRCODE = '{code}'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON queues FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await using var ledgers = await RacersAsync();
        var job = JobOf(3);
        Assert.True(await ledgers[0].SubmitAsync(job));
        Assert.Equal(3, (await Ledger.GetItemsAsync(job.Id, 0, 9)).Count);
        Assert.Single(await Ledger.GetJobsAsync(null, 9));
    }

    [Fact]
    public async Task Npgsqls_own_form_of_a_connection_works_too()
    {
        var url = new Uri(Connection);
        await SubmitAsync(1);
        await using var ledger = await SqlLedger.OpenAsync($"Host={url.Host};Port={url.Port};Username=postgres;Database={url.AbsolutePath[1..]}", Time);
        Assert.Single(await ledger.GetBacklogAsync());
        await using var again = await SqlLedger.OpenAsync($"{Connection}?sslmode=prefer&application_name=muse&timeout=3", Time);
        Assert.Single(await again.GetBacklogAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("; ANALYZE items")]
    public async Task What_is_read_is_in_proportion_to_what_is_asked(string analyze)
    {
        await SubmitAsync(20_000);
        await ExecuteAsync($"CREATE TABLE before AS {Read}{analyze}");
        var job = (await Ledger.GetJobsAsync(null, 1))[0].Id;
        var leased = await LeaseAsync(50);
        await Ledger.GetBacklogAsync();
        await Ledger.GetItemsAsync(job, 10_000, 50);
        await Ledger.RenewAsync(leased, Lease);
        Time.Advance(Lease);
        await Ledger.ExpireAsync(3, 50);
        await LeaseAsync(50);
        await Ledger.ReturnAsync(leased);
        await Ledger.EndAsync([.. leased.Select(id => Outcome.Done(id, "x"))]);
        // A connection tells the server's statistics what it did when it is closed, at the latest.
        await Ledger.DisposeAsync();
        await ExecuteAsync($"DO $$ BEGIN ASSERT ({Read}) - (SELECT rows FROM before) < 2000, 'read ' || ({Read}) - (SELECT rows FROM before); END $$");
    }

    private const string Read = "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_user_tables WHERE relname = 'items'";
}
