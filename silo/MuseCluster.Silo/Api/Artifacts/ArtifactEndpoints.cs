using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MuseCluster.Silo.Api.Artifacts;

/// <summary>Pictures and manifests by signed URL.</summary>
internal static class ArtifactEndpoints
{
    /// <summary>Maps the route.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What it works with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway) => routes.MapGet(SignedUrls.Prefix + "{**path}", async (HttpContext http, string? path) =>
    {
        var name = gateway().Urls.Check(path ?? "", http.Request.Query["expires"], http.Request.Query["signature"]);
        var artifact = await gateway().Artifacts.OpenAsync(name, http.RequestAborted).ConfigureAwait(false)
            ?? throw ApiException.NotFound($"artifact {path}: its time is over, or its job was deleted", "path");
        http.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.RegisterForDisposeAsync(artifact);
        return Results.Stream(artifact.Content, artifact.ContentType, entityTag: new EntityTagHeaderValue($"\"{artifact.Sha256}\""));
    }).WithSummary("A picture or a manifest by signed URL").WithTags("artifacts").ExcludeFromDescription();
}
