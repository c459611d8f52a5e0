using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

/// <content>Offices, silos, and the database itself.</content>
public abstract partial class LedgerConformance
{
    [Fact]
    public async Task An_office_has_one_holder_until_its_term_ends()
    {
        Assert.True(await Ledger.HoldAsync("dispatcher", "a", Lease));
        Assert.False(await Ledger.HoldAsync("dispatcher", "b", Lease));
        Assert.True(await Ledger.HoldAsync("janitor", "b", Lease));
        Time.Advance(Lease / 2);
        Assert.True(await Ledger.HoldAsync("dispatcher", "a", Lease));
        Time.Advance(Lease - TimeSpan.FromTicks(10));
        Assert.False(await Ledger.HoldAsync("dispatcher", "b", Lease));
        Time.Advance(TimeSpan.FromTicks(10));
        Assert.True(await Ledger.HoldAsync("dispatcher", "b", Lease));
        Assert.False(await Ledger.HoldAsync("dispatcher", "a", Lease));
    }

    [Fact]
    public async Task A_resigned_office_is_free_and_only_its_holder_resigns()
    {
        await Ledger.HoldAsync("dispatcher", "a", Lease);
        await Ledger.ResignAsync("dispatcher", "b");
        Assert.False(await Ledger.HoldAsync("dispatcher", "b", Lease));
        await Ledger.ResignAsync("dispatcher", "a");
        Assert.True(await Ledger.HoldAsync("dispatcher", "b", Lease));
    }

    [Fact]
    public async Task One_of_many_gets_an_office()
    {
        var got = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => Ledger.HoldAsync("dispatcher", $"{i}", Lease))));
        Assert.Single(got, yes => yes);
    }

    [Fact]
    public async Task Silos_are_those_that_were_seen_lately_with_what_they_said_last()
    {
        var start = Time.GetUtcNow();
        var b = new SiloStatus("b", "http://127.0.0.1:80", "1.0", start, default, false, [new GrainStatus(Stage.Superres, "shapes", 8, 3, 1L << 40)]);
        await Ledger.HeartbeatAsync(b);
        await Ledger.HeartbeatAsync(b with { Name = "a" });
        Time.Advance(Lease);
        await Ledger.HeartbeatAsync(b with { Draining = true, Grains = [] });
        Assert.Equal([("a", start, false), ("b", start + Lease, true)], (await Ledger.GetSilosAsync(Lease)).Select(s => (s.Name, s.Seen, s.Draining)));
        var a = (await Ledger.GetSilosAsync(Lease))[0];
        Assert.Equal(b with { Name = "a", Seen = start, Grains = a.Grains }, a);
        Assert.Equal(b.Grains, a.Grains);
        Time.Advance(TimeSpan.FromTicks(10));
        Assert.Equal("b", Assert.Single(await Ledger.GetSilosAsync(Lease)).Name);
        await Ledger.ForgetAsync("b");
        await Ledger.ForgetAsync("nobody");
        Assert.Empty(await Ledger.GetSilosAsync(Lease));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.HeartbeatAsync(b with { Name = "B" }));
    }

    [Fact]
    public async Task Many_open_a_new_database_at_once()
    {
        var connection = await CreateAsync();
        var ledgers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => SqlLedger.OpenAsync(connection, TimeProvider.System))));
        await Task.WhenAll(ledgers.Select((ledger, i) => Task.Run(() => ledger.SubmitAsync(JobOf(3, $"t{i}")))));
        Assert.Equal(6, (await ledgers[0].GetBacklogAsync()).Count);
        foreach (var ledger in ledgers)
            await ledger.DisposeAsync();
    }

    [Fact]
    public async Task What_was_written_is_there_when_it_is_opened_again()
    {
        var job = await SubmitAsync(3);
        await LeaseAsync(1);
        await Ledger.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Ledger.GetBacklogAsync());
        await using var again = await SqlLedger.OpenAsync(Connection, Time);
        Assert.Equal((2, 1), await again.GetJobAsync(job.Id) is { } status ? (status.Queued, status.Running) : default);
    }

    [Fact]
    public async Task A_database_of_a_later_build_is_refused()
    {
        await ExecuteAsync("INSERT INTO schema_version VALUES (999)");
        var refusal = await Assert.ThrowsAsync<LedgerException>(() => SqlLedger.OpenAsync(Connection, Time));
        Assert.Contains("has version 999, expected at most 3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_database_refuses_is_a_ledger_exception()
    {
        await ExecuteAsync("DROP TABLE offices");
        var refusal = await Assert.ThrowsAsync<LedgerException>(() => Ledger.HoldAsync("dispatcher", "a", Lease));
        Assert.StartsWith("holding office dispatcher failed: the ledger's ", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.InnerException);
    }

    /// <summary>Runs a command on the database, past the ledger.</summary>
    protected abstract Task ExecuteAsync(string sql);
}
