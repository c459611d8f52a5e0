using System.Text.Json;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Ledger;

/// <content>Offices and silos.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<bool> HoldAsync(string office, string holder, TimeSpan term, CancellationToken cancellation = default)
    {
        var span = Micros(term);
        return WriteAsync(
            $"holding office {office}",
            async session =>
            {
                var now = Now;
                return await session.ExecuteAsync(
                    """
                    INSERT INTO offices VALUES (@office, @holder, @until)
                    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
                    WHERE offices.holder = excluded.holder OR offices.until <= @now
                    """,
                    new { office, holder, until = now + span, now }).ConfigureAwait(false) == 1;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task ResignAsync(string office, string holder, CancellationToken cancellation = default) => WriteAsync(
        $"resigning office {office}",
        session => session.ExecuteAsync("DELETE FROM offices WHERE name = @office AND holder = @holder", new { office, holder }),
        cancellation);

    /// <inheritdoc/>
    public Task HeartbeatAsync(SiloStatus silo, CancellationToken cancellation = default)
    {
        if (!NameRule.Holds(silo.Name))
            throw new ArgumentException($"the silo is wrong: Name is '{silo.Name}', expected {NameRule.Expected}");
        return WriteAsync(
            $"the heartbeat of silo {silo.Name}",
            session => session.ExecuteAsync(
                "INSERT INTO silos VALUES (@name, @seen, @status) ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, status = excluded.status",
                new { name = silo.Name, seen = Now, status = JsonSerializer.Serialize(silo, RequestJson.Options) }),
            cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SiloStatus>> GetSilosAsync(TimeSpan within, CancellationToken cancellation = default)
    {
        var span = Micros(within);
        return ReadAsync(
            "reading the silos",
            async session => Sorted((await session.QueryAsync<SiloRow>("SELECT seen, status FROM silos WHERE seen >= @since", new { since = Now - span })
                .ConfigureAwait(false)).Select(row => row.Silo), silo => silo.Name),
            cancellation);
    }

    /// <inheritdoc/>
    public Task ForgetAsync(string silo, CancellationToken cancellation = default) => WriteAsync(
        $"forgetting silo {silo}", session => session.ExecuteAsync("DELETE FROM silos WHERE name = @silo", new { silo }), cancellation);
}
