using System.Globalization;
using System.Text.Json;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Ledger;

/// <content>Tenants: limits, keys, usage.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task PutTenantAsync(Tenant tenant, CancellationToken cancellation = default)
    {
        tenant.Problems().ThrowIfAny("the tenant is wrong");
        return WriteAsync(
            $"adding tenant {tenant.Name}",
            session => session.ExecuteAsync(
                "INSERT INTO tenants (name, weight, limits) VALUES (@name, @weight, @limits) ON CONFLICT (name) DO UPDATE SET weight = excluded.weight, limits = excluded.limits",
                new { name = tenant.Name, weight = tenant.Weight, limits = tenant.Limits == TenantLimits.None ? null : JsonSerializer.Serialize(tenant.Limits, RequestJson.Options) }),
            cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Tenant>> GetTenantsAsync(CancellationToken cancellation = default) => ReadAsync(
        "reading the tenants",
        async session => Sorted((await session.QueryAsync<TenantRow>("SELECT name, weight, limits FROM tenants").ConfigureAwait(false)).Select(row => row.Tenant), tenant => tenant.Name),
        cancellation);

    /// <inheritdoc/>
    public Task<Tenant?> GetTenantAsync(string name, CancellationToken cancellation = default) => ReadAsync(
        $"reading tenant {name}",
        async session => (await session.FirstAsync<TenantRow>("SELECT name, weight, limits FROM tenants WHERE name = @name", new { name }).ConfigureAwait(false))?.Tenant,
        cancellation);

    /// <inheritdoc/>
    public Task<bool> AddKeyAsync(string tenant, ApiKeyRecord key, bool only, CancellationToken cancellation = default) => WriteAsync(
        $"adding a key of tenant {tenant}",
        async session =>
        {
            if (only)
                await session.ExecuteAsync("DELETE FROM keys WHERE tenant = @tenant", new { tenant }).ConfigureAwait(false);
            return await session.ExecuteAsync(
                "INSERT INTO keys (id, tenant, hash, created) SELECT @id, name, @hash, @now FROM tenants WHERE name = @tenant",
                new { id = key.Id, tenant, hash = key.Hash, now = Now }).ConfigureAwait(false) == 1;
        },
        cancellation);

    /// <inheritdoc/>
    public Task<int> RevokeKeysAsync(string tenant, CancellationToken cancellation = default) =>
        WriteAsync($"ending the keys of tenant {tenant}", session => session.ExecuteAsync("DELETE FROM keys WHERE tenant = @tenant", new { tenant }), cancellation);

    /// <inheritdoc/>
    public Task<(ApiKeyRecord Key, Tenant Tenant)?> FindKeyAsync(string id, CancellationToken cancellation = default) => ReadAsync(
        "looking for a key",
        async session => await session.FirstAsync<KeyRow>(
            "SELECT k.id, k.hash, t.name, t.weight, t.limits FROM keys AS k JOIN tenants AS t ON t.name = k.tenant WHERE k.id = @id", new { id }).ConfigureAwait(false) is { } row
            ? (new ApiKeyRecord(row.Id, row.Hash), row.Tenant)
            : default((ApiKeyRecord, Tenant)?),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, int>> CountKeysAsync(CancellationToken cancellation = default) => ReadAsync<IReadOnlyDictionary<string, int>>(
        "counting keys",
        async session => (await session.QueryAsync<KeyRow>("SELECT id, tenant AS name FROM keys").ConfigureAwait(false)).GroupBy(key => key.Name).ToDictionary(keys => keys.Key, keys => keys.Count()),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UsageOfDay>> GetUsageAsync(string tenant, DateOnly from, DateOnly to, CancellationToken cancellation = default) => ReadAsync<IReadOnlyList<UsageOfDay>>(
        $"reading the usage of tenant {tenant}",
        async session => [.. (await session.QueryAsync<UsageRow>(
            "SELECT day, pictures, steps, seconds FROM usage WHERE tenant = @tenant AND day >= @from AND day <= @to ORDER BY day",
            new { tenant, from = from.DayNumber, to = to.DayNumber }).ConfigureAwait(false)).Select(row => row.Usage)],
        cancellation);

    /// <inheritdoc/>
    public Task<byte[]> GetSecretAsync(string name, byte[] proposed, CancellationToken cancellation = default) => WriteAsync(
        "reading a secret",
        async session =>
        {
            await session.ExecuteAsync("INSERT INTO secrets (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING", new { name, value = Convert.ToHexString(proposed) }).ConfigureAwait(false);
            return Convert.FromHexString((await session.FirstAsync<string>("SELECT value FROM secrets WHERE name = @name", new { name }).ConfigureAwait(false))!);
        },
        cancellation);

    // In the transaction that ends the items, so that nothing is counted twice or never.
    private async Task ChargeAsync(SqlSession session, IEnumerable<(string Tenant, Outcome Outcome)> ended)
    {
        var day = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).DayNumber;
        var rows = ended.Where(e => e.Outcome.Result is not null).GroupBy(e => e.Tenant).OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => new { tenant = t.Key, day, pictures = t.Count(), steps = t.Sum(e => e.Outcome.Steps), seconds = t.Sum(e => e.Outcome.DeviceSeconds) }).ToList();
        if (rows.Count > 0)
            await session.ExecuteAsync(
                $"""
                INSERT INTO usage (tenant, day, pictures, steps, seconds)
                SELECT r.tenant, r.day, r.pictures, r.steps, r.seconds FROM {_dialect.Rows("tenant text, day integer, pictures integer, steps integer, seconds double precision")} WHERE true
                ON CONFLICT (tenant, day) DO UPDATE SET
                    pictures = usage.pictures + excluded.pictures, steps = usage.steps + excluded.steps, seconds = usage.seconds + excluded.seconds
                """,
                new { rows = SqlSession.Json(rows) }).ConfigureAwait(false);
    }

    // The tenant's row stays locked until the job is in, so that two jobs at once cannot both take the last places.
    private async Task CheckLimitsAsync(SqlSession session, Job job)
    {
        var limits = (await session.FirstAsync<TenantRow>($"SELECT name, weight, limits FROM tenants WHERE name = @tenant {_dialect.Lock("tenants")}", new { tenant = job.Tenant }).ConfigureAwait(false))!.Tenant.Limits;
        if (limits.Models is { } models && !models.Contains(job.Model, StringComparer.Ordinal))
            throw new TenantLimitException(nameof(TenantLimits.Models), $"tenant {job.Tenant} may not use the model {job.Model}; expected one of: {string.Join(", ", models)}");
        if (job.Requests.Count > limits.MaxBatch)
            throw new TenantLimitException(nameof(TenantLimits.MaxBatch), Text(job.Requests.Count, " items in one job", limits.MaxBatch.Value));
        if (limits.MaxQueued is not { } most)
            return;
        var waiting = await session.FirstAsync<long>("SELECT coalesce(sum(queued + paused), 0) FROM queues WHERE tenant = @tenant", new { tenant = job.Tenant }).ConfigureAwait(false);
        if (waiting + job.Requests.Count > most)
            throw new TenantLimitException(nameof(TenantLimits.MaxQueued), $"{Text(job.Requests.Count, " more items", most)} waiting at once, and {waiting} wait; submit again when some have started");

        string Text(int found, string what, int allowed) => string.Create(CultureInfo.InvariantCulture, $"{found}{what}: tenant {job.Tenant} may have {allowed}");
    }

    private record TenantRow
    {
        public string Name { get; init; } = "";

        public double Weight { get; init; }

        public string? Limits { get; init; }

        public Tenant Tenant => new(Name, Weight) { Limits = ReadLimits(Limits) };
    }

    private sealed record KeyRow : TenantRow
    {
        public string Id { get; init; } = "";

        public string Hash { get; init; } = "";
    }

    private sealed record UsageRow
    {
        public long Day { get; init; }

        public long Pictures { get; init; }

        public long Steps { get; init; }

        public double Seconds { get; init; }

        public UsageOfDay Usage => new(DateOnly.FromDayNumber((int)Day), Pictures, Steps, Seconds);
    }

    private static TenantLimits ReadLimits(string? json) => json is null ? TenantLimits.None : JsonSerializer.Deserialize<TenantLimits>(json, RequestJson.Options)!;
}
