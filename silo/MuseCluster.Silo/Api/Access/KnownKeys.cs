using System.Collections.Concurrent;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Silo.Api.Access;

/// <summary>Remembers for a second what the ledger says of a key, so that a revoked one ends soon and many requests ask once.</summary>
/// <param name="gateway">Has the ledger.</param>
internal sealed class KnownKeys(Func<Gateway> gateway)
{
    private const int Remembered = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (ApiKeyRecord? Key, Tenant? Tenant, DateTimeOffset Read)> _known = new(StringComparer.Ordinal);

    /// <summary>Whose a key is.</summary>
    /// <param name="text">The key as it was shown.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null where nobody's.</returns>
    public async ValueTask<Tenant?> FindAsync(string text, CancellationToken cancellation)
    {
        if (!ApiKey.TryParse(text, out var shown))
            return null;
        var (key, tenant, _) = await KnownAsync(shown.Id, async () =>
            await gateway().Ledger.FindKeyAsync(shown.Id, cancellation).ConfigureAwait(false) is { } found ? (found.Key, found.Tenant) : default((ApiKeyRecord?, Tenant?))).ConfigureAwait(false);
        return key is not null && key.Matches(shown) ? tenant : null;
    }

    /// <summary>The tenant of requests without a key.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async ValueTask<Tenant> DefaultAsync(CancellationToken cancellation) =>
        (await KnownAsync("", async () => (null, await gateway().Ledger.GetTenantAsync(Tenant.Default, cancellation).ConfigureAwait(false) ?? new Tenant(Tenant.Default))).ConfigureAwait(false)).Tenant!;

    private async ValueTask<(ApiKeyRecord? Key, Tenant? Tenant, DateTimeOffset Read)> KnownAsync(string id, Func<Task<(ApiKeyRecord?, Tenant?)>> read)
    {
        var now = gateway().Time.GetUtcNow();
        if (_known.TryGetValue(id, out var known) && now - known.Read < Fresh)
            return known;
        // Guessed ids would fill the memory.
        if (_known.Count >= Remembered)
            _known.Clear();
        var (key, tenant) = await read().ConfigureAwait(false);
        return _known[id] = (key, tenant, now);
    }
}
