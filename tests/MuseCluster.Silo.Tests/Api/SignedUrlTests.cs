using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Errors;

namespace MuseCluster.Silo.Tests.Api;

public sealed class SignedUrlTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_url_holds_for_an_hour_and_only_with_the_secret_that_signed_it()
    {
        var http = new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("muse.example", 8443) } };
        var urls = new SignedUrls([1, 2, 3], _time);
        var url = new Uri(urls.Url(http, "ada/files/a.png"));
        Assert.StartsWith("https://muse.example:8443/v1/artifacts/ada/files/a.png?", url.ToString(), StringComparison.Ordinal);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query);
        string Code(SignedUrls by) => Assert.Throws<ApiException>(() => by.Check("ada/files/a.png", query["expires"], query["signature"])).Code;
        Assert.Equal("ada/files/a.png", urls.Check("ada/files/a.png", query["expires"], query["signature"]).Path);
        Assert.Equal("url_invalid", Code(new SignedUrls([1, 2, 4], _time)));
        _time.Advance(TimeSpan.FromMinutes(59));
        urls.Check("ada/files/a.png", query["expires"], query["signature"]);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("url_expired", Code(urls));
    }
}
