using System.Threading.RateLimiting;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Access;

/// <summary>Finds out whose a request is, and holds the tenant to its requests per minute.</summary>
/// <param name="mode">Who is let in.</param>
/// <param name="gateway">Has the ledger, once the silo serves.</param>
internal sealed class TenantAccess(AccessMode mode, Func<Gateway> gateway) : IDisposable
{
    private const string Bearer = "Bearer ";
    private readonly KnownKeys _keys = new(gateway);
    private readonly PartitionedRateLimiter<Tenant> _limiter = PartitionedRateLimiter.Create<Tenant, (string, int)>(tenant => tenant.Limits.RequestsPerMinute is { } limit
        ? RateLimitPartition.GetFixedWindowLimiter((tenant.Name, limit), _ => new FixedWindowRateLimiterOptions { PermitLimit = limit, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 })
        : RateLimitPartition.GetNoLimiter((tenant.Name, 0)));

    /// <summary>Lets a request in, and remembers whose it is.</summary>
    /// <param name="http">The request.</param>
    /// <exception cref="ApiException">It is not let in.</exception>
    public async Task EnterAsync(HttpContext http)
    {
        var tenant = await FindAsync(http).ConfigureAwait(false);
        using var lease = await _limiter.AcquireAsync(tenant, 1, http.RequestAborted).ConfigureAwait(false);
        if (!lease.IsAcquired)
            throw ApiException.TooMany(
                "requests_per_minute", $"tenant {tenant.Name} may make {tenant.Limits.RequestsPerMinute} requests a minute; come again later",
                lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1));
        http.Features.Set(tenant);
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();

    private async Task<Tenant> FindAsync(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
        if (key is not null && await _keys.FindAsync(key, http.RequestAborted).ConfigureAwait(false) is { } tenant)
            return tenant;
        if (mode == AccessMode.Keys)
            throw new ApiException(
                StatusCodes.Status401Unauthorized, "authentication_error", "invalid_api_key",
                key is null ? "a key is needed, expected Authorization: Bearer KEY; `muse tenants add NAME` makes one" : "the key is not known: it is mistyped, was rotated or revoked", "Authorization");
        // A page of another site could reach this machine under a name of its own.
        if (!Loopback.Is(http.Request.Host.Host))
            throw new ApiException(StatusCodes.Status403Forbidden, "permission_error", "host_not_allowed", $"Host is '{http.Request.Host.Host}'; without keys only localhost is served", "Host");
        return await _keys.DefaultAsync(http.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>Whose a request is.</summary>
internal static class TenantOfRequest
{
    /// <summary>The tenant that was let in.</summary>
    /// <param name="http">The request.</param>
    public static Tenant Tenant(this HttpContext http) => http.Features.Get<Tenant>() ?? throw new InvalidOperationException("The route does not ask whose the request is.");
}
