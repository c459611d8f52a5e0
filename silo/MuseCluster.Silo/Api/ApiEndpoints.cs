using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Batches;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Files;
using MuseCluster.Silo.Api.Images;
using MuseCluster.Silo.Api.Jobs;
using MuseCluster.Silo.Api.Overview;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api;

/// <summary>All routes of the HTTP API.</summary>
internal static class ApiEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="app">The application.</param>
    /// <param name="access">Lets requests in.</param>
    /// <param name="gateway">What they work with; null until the silo serves.</param>
    public static void Map(WebApplication app, TenantAccess access, Func<Gateway?> gateway)
    {
        Gateway Serving() => gateway() ?? throw new ApiException(StatusCodes.Status503ServiceUnavailable, "server_error", "unavailable", "the silo is starting; try again") { RetryAfter = TimeSpan.FromSeconds(1) };
        ErrorAnswers.Use(app);
        ClosingRequests.Use(app);
        ArtifactEndpoints.Map(app, Serving);
        app.MapOpenApi("/openapi/{documentName}.json");
        var routes = app.MapGroup("/v1");
        routes.AddEndpointFilter(async (context, next) =>
        {
            _ = Serving();
            await access.EnterAsync(context.HttpContext).ConfigureAwait(false);
            return await next(context).ConfigureAwait(false);
        });
        ImageEndpoints.Map(routes, Serving);
        ModelEndpoints.Map(routes, Serving);
        JobEndpoints.Map(routes, Serving);
        FileEndpoints.Map(routes, Serving);
        BatchEndpoints.Map(routes, Serving);
        ClusterEndpoints.Map(routes, Serving);
    }
}
