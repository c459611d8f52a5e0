using System.Globalization;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Requests;

/// <summary>How much of a list is asked for.</summary>
internal static class Page
{
    /// <summary>The query's limit.</summary>
    /// <param name="http">The request.</param>
    /// <param name="usual">Where it has none.</param>
    /// <param name="most">The most.</param>
    /// <exception cref="ApiException">It is wrong.</exception>
    public static int Limit(HttpContext http, int usual, int most)
    {
        if (http.Request.Query["limit"] is not { Count: > 0 } text)
            return usual;
        return int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most
            ? limit
            : throw ApiException.Invalid("limit", string.Create(CultureInfo.InvariantCulture, $"is wrong, expected a whole number from 1 to {most}"));
    }
}
