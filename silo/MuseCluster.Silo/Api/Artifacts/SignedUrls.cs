using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Artifacts;

/// <summary>URLs that let whoever has them read one artifact for a while, signed with HMAC-SHA256.</summary>
/// <param name="secret">The secret that all gateways of the cluster share.</param>
/// <param name="time">Time.</param>
internal sealed class SignedUrls(byte[] secret, TimeProvider time)
{
    /// <summary>The secret's name in the ledger.</summary>
    public const string SecretName = "artifact-urls";

    /// <summary>Where artifacts are served.</summary>
    public const string Prefix = "/v1/artifacts/";

    private static readonly TimeSpan Valid = TimeSpan.FromHours(1);

    /// <summary>An artifact's URL.</summary>
    /// <param name="http">The request that asks: the URL leads to the same host.</param>
    /// <param name="path">The artifact's path.</param>
    public string Url(HttpContext http, string path) => Url(Origin(http), path, time.GetUtcNow().Add(Valid));

    /// <summary>Scheme, host and path base that a request came by.</summary>
    /// <param name="http">The request.</param>
    public static string Origin(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}";

    /// <summary>An artifact's URL where no request asks for it.</summary>
    /// <param name="origin">Scheme, host and path base that the URL leads to.</param>
    /// <param name="path">The artifact's path.</param>
    /// <param name="end">When it ends to be valid.</param>
    public string Url(string origin, string path, DateTimeOffset end)
    {
        var expires = end.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{origin}{Prefix}{path}?expires={expires}&signature={Signature(path, expires)}");
    }

    /// <summary>Checks what came with a request.</summary>
    /// <param name="path">The path.</param>
    /// <param name="expires">When it ends, in seconds since 1970.</param>
    /// <param name="signature">The signature.</param>
    /// <returns>The artifact.</returns>
    /// <exception cref="ApiException">The URL is not one of ours, or its time is over.</exception>
    public ArtifactName Check(string path, string? expires, string? signature)
    {
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var end) || signature is null
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.ASCII.GetBytes(Signature(path, end)))
            || !ArtifactName.TryParse(path, out var name))
            throw new ApiException(StatusCodes.Status403Forbidden, "permission_error", "url_invalid", "the URL is not one that was given out here; ask for the item again", "signature");
        if (time.GetUtcNow().ToUnixTimeSeconds() >= end)
            throw new ApiException(StatusCodes.Status403Forbidden, "permission_error", "url_expired", "the URL's time is over; ask for the item again", "expires");
        return name;
    }

    private string Signature(string path, long expires) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\n{expires}"))));
}
