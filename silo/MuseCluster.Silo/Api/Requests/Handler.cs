using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Requests;

/// <summary>Handlers that take the request alone.</summary>
internal static class Handler
{
    /// <summary>A handler whose result is written: a lambda of a request alone would be taken for a RequestDelegate, whose result nobody looks at.</summary>
    /// <param name="handler">The handler.</param>
    public static Delegate Of(Func<HttpContext, Task<IResult>> handler) => handler;
}
