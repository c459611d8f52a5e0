using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using MuseCluster.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Tests;

public sealed partial class PageEndpointsTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPage();
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task The_page_forbids_everything_that_is_not_its_own()
    {
        using var answer = await _http.GetAsync("/");
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task All_that_the_page_loads_is_there_with_its_type()
    {
        var seen = new HashSet<string>();
        var todo = new Queue<string>(["/"]);
        while (todo.TryDequeue(out var path))
        {
            using var answer = await _http.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
            Assert.Equal(TypeOf(path), answer.Content.Headers.ContentType!.MediaType);
            foreach (Match match in Reference().Matches(await answer.Content.ReadAsStringAsync()))
                if (seen.Add(match.Groups["name"].Value))
                    todo.Enqueue("/page/" + match.Groups["name"].Value);
        }
        Assert.Superset(new HashSet<string> { "main.js", "generate.js", "gallery.js", "jobs.js", "cluster.js", "base.css", "views.css", "icon.svg" }, seen);
    }

    [Fact]
    public async Task A_file_that_has_not_changed_is_not_sent_again()
    {
        using var first = await _http.GetAsync("/page/main.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/page/main.js");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(first.Headers.ETag!.Tag));
        using var second = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.True(second.Headers.CacheControl!.NoCache);
    }

    [Theory]
    [InlineData("/page/none.js")]
    [InlineData("/page/MAIN.JS")]
    [InlineData("/page/..%2Fappsettings.json")]
    [InlineData("/page/")]
    public async Task Another_name_is_not_found(string path)
    {
        using var answer = await _http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Nothing_comes_from_elsewhere_and_no_data_becomes_markup()
    {
        foreach (var name in typeof(PageEndpoints).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("page/", StringComparison.Ordinal)))
        {
            var text = await _http.GetStringAsync("/" + name);
            // The name of SVG is an address that nobody asks for.
            Assert.DoesNotMatch("https?://(?!www\\.w3\\.org/2000/svg)", text);
            Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write", text);
        }
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".js" => "text/javascript",
        ".css" => "text/css",
        ".svg" => "image/svg+xml",
        _ => "text/html",
    };

    [GeneratedRegex("""(?:from '\./|(?:href|src)="/page/)(?<name>[^'"]+)""")]
    private static partial Regex Reference();
}
