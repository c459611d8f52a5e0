using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Api.Errors;

/// <summary>Every error of the API in OpenAI's shape, also those that the framework finds.</summary>
internal static partial class ErrorAnswers
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WhenSomeStarted = TimeSpan.FromSeconds(5);

    /// <summary>Wraps all that comes after it.</summary>
    /// <param name="app">The application.</param>
    public static void Use(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorAnswers));
        app.Use(async (http, next) =>
        {
            try
            {
                await next(http).ConfigureAwait(false);
                if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } && http.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
                    await OfStatus(http).WriteAsync(http.Response).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // Nobody listens any more.
            }
            catch (Exception e) when (!http.Response.HasStarted)
            {
                var error = Of(e);
                if (error.Status == StatusCodes.Status500InternalServerError)
                    Unexpected(logger, http.Request.Method, http.Request.Path, e);
                await error.WriteAsync(http.Response).ConfigureAwait(false);
            }
        });
    }

    /// <summary>What an exception is to who asked.</summary>
    /// <param name="e">The exception.</param>
    public static ApiException Of(Exception e) => e switch
    {
        ApiException api => api,
        TenantLimitException limit => Of(limit),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            StatusCodes.Status413PayloadTooLarge, "invalid_request_error", "body_too_large", "the body is larger than this route takes: 200 MB for files, 32 MB for jobs, 1 MB else", "body"),
        BadHttpRequestException bad => new(bad.StatusCode, "invalid_request_error", "invalid_value", bad.Message, "body"),
        LedgerException or MeshException or ArtifactException => new(
            StatusCodes.Status503ServiceUnavailable, "server_error", "unavailable", $"{e.Message}; try again") { RetryAfter = Soon },
        _ => new(StatusCodes.Status500InternalServerError, "server_error", "internal_error", "something went wrong here; the gateway's log says what"),
    };

    private static ApiException Of(TenantLimitException limit) => limit.Limit switch
    {
        nameof(TenantLimits.MaxQueued) => ApiException.TooMany("max_queued", limit.Message, WhenSomeStarted),
        nameof(TenantLimits.Models) => new(StatusCodes.Status403Forbidden, "permission_error", "model_not_allowed", limit.Message, "model"),
        _ => new(StatusCodes.Status400BadRequest, "invalid_request_error", "invalid_value", limit.Message, "requests"),
    };

    /// <summary>The body is of a type that nobody reads.</summary>
    /// <param name="request">The request.</param>
    public static ApiException ContentType(HttpRequest request) => new(
        StatusCodes.Status415UnsupportedMediaType, "invalid_request_error", "unsupported_media_type",
        $"Content-Type is '{request.ContentType}', expected {(request.Path.StartsWithSegments("/v1/files", StringComparison.Ordinal) ? "multipart/form-data with a boundary" : "application/json")}", "Content-Type");

    private static ApiException OfStatus(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ApiException.NotFound($"route {http.Request.Method} {http.Request.Path}; docs/api.md lists them", "path"),
        StatusCodes.Status405MethodNotAllowed => new(
            StatusCodes.Status405MethodNotAllowed, "invalid_request_error", "method_not_allowed", $"{http.Request.Path} does not take {http.Request.Method}; expected {http.Response.Headers.Allow}", "method"),
        StatusCodes.Status415UnsupportedMediaType => ContentType(http.Request),
        var status => new(status, "invalid_request_error", "invalid_value", $"{http.Request.Method} {http.Request.Path} was refused", null),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} broke")]
    private static partial void Unexpected(ILogger logger, string method, string path, Exception e);
}
