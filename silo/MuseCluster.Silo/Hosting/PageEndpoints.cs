using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MuseCluster.Silo.Hosting;

/// <summary>The page that people use in a browser. Its files are inside the assembly: it needs no folder and no other host.</summary>
public static class PageEndpoints
{
    private const string Index = "index.html";
    private const string Prefix = "page/";

    // Pictures in progress are data: URLs. Trusted types forbid innerHTML and its kin, so that a prompt can never become markup.
    private const string Policy =
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly Dictionary<string, PageFile> Files = Load();

    /// <summary>Serves the page at <c>/</c> and what it loads at <c>/page/NAME</c>; names that are not there are 404.</summary>
    /// <param name="routes">Where the routes go.</param>
    /// <returns>The routes, as they were given.</returns>
    public static IEndpointRouteBuilder MapPage(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/", methods, (HttpContext http) => Serve(http, Index)).ExcludeFromDescription();
        routes.MapMethods("/page/{name}", methods, Serve).ExcludeFromDescription();
        return routes;
    }

    private static IResult Serve(HttpContext http, string name)
    {
        if (!Files.TryGetValue(name, out var file))
            return Results.NotFound();
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Names stay the same from version to version: a browser asks each time, and mostly hears 304.
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }

    private static Dictionary<string, PageFile> Load()
    {
        var assembly = typeof(PageEndpoints).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(r => r.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(r => r[Prefix.Length..], r => PageFile.Read(assembly, r), StringComparer.Ordinal);
    }

    private sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag)
    {
        public static PageFile Read(Assembly assembly, string resource)
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..12])}\"");
            return new PageFile(content, TypeOf(resource), tag);
        }

        private static string TypeOf(string resource) => Path.GetExtension(resource) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"The page has a file of type '{other}' ({resource}): expected .html, .css, .js or .svg."),
        };
    }
}
