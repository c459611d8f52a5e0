using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api;

/// <summary>
/// Ends what is on its way when a silo closes: streams end, so that who follows comes again elsewhere, and who waits for
/// pictures is told to. Ledger and mesh are still there then.
/// </summary>
internal static class ClosingRequests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>Wraps all that comes after it.</summary>
    /// <param name="app">The application.</param>
    public static void Use(WebApplication app) => app.Use(async (http, next) =>
    {
        var (left, closing) = (http.RequestAborted, app.Lifetime.ApplicationStopping);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(left, closing);
        http.RequestAborted = either.Token;
        try
        {
            await next(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested && !left.IsCancellationRequested)
        {
            if (!http.Response.HasStarted)
                throw new ApiException(StatusCodes.Status503ServiceUnavailable, "server_error", "unavailable", "the silo stops; try again, there may be another") { RetryAfter = Soon };
        }
        finally
        {
            http.RequestAborted = left;
        }
    });
}
