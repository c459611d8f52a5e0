using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace MuseCluster.Client.Tests;

public sealed class ErrorTests : ClientTest
{
    [Fact]
    public async Task ARefusalIsToldInAllItsParts()
    {
        Server.Then(400, """{"error":{"message":"steps is 0, expected 1 to 512","type":"invalid_request_error","param":"requests[3].steps","code":"invalid_value"}}""");

        var e = await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.GetAsync("j1"));
        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_request_error", "invalid_value", "requests[3].steps", "steps is 0, expected 1 to 512"),
            (e.Status, e.Type, e.Code, e.Param, e.Message));
    }

    [Theory]
    [InlineData(404, "<html>nginx</html>")]
    [InlineData(500, "")]
    [InlineData(404, "{\"error\":\"odd\"}")]
    [InlineData(404, "{\"error\":null}")]
    public async Task ARefusalThatIsNoneOfOursNamesTheCallAndTheStatus(int status, string body)
    {
        Server.Then(status, body);

        var e = await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.GetAsync("j1"));
        Assert.StartsWith($"GET {Server.Url}v1/jobs/j1 was answered with {status}", e.Message, StringComparison.Ordinal);
        Assert.Null(e.Code);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("{\"id\":7}")]
    [InlineData("{\"id\":\"j\",\"created_at\":\"today\"}")]
    public async Task AnAnswerThatIsNoneIsAnError(string body)
    {
        Server.Then(200, body);
        var e = await Assert.ThrowsAsync<MuseApiException>(() => Client.Jobs.GetAsync("j1"));
        Assert.Contains("what is no Job", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallThatTakesTooLongTimesOut()
    {
        var time = new FakeTimeProvider();
        using var client = new MuseClient(Options() with { Time = time, Timeout = TimeSpan.FromSeconds(5) });
        Server.Then(http => Task.Delay(Timeout.Infinite, http.RequestAborted));

        var call = client.Jobs.GetAsync("j1");
        await Server.NextAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public async Task ACallAndAWaitBetweenTwoAreCancelled()
    {
        using var source = new CancellationTokenSource();
        var gone = new TaskCompletionSource();
        Server.Then(async http =>
        {
            http.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
        });
        var call = Client.Images.GenerateAsync(new ImageRequest { Prompt = "x" }, cancellation: source.Token);
        await Server.NextAsync();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));

        using var second = new CancellationTokenSource();
        using var waiting = new MuseClient(Options() with { Time = new FakeTimeProvider() });
        Server.Then(503, Unavailable);
        call = waiting.Images.GenerateAsync(new ImageRequest { Prompt = "x" }, cancellation: second.Token);
        await Server.NextAsync();
        second.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("relative")]
    public void AServerThatIsNoneIsRefused(string server) =>
        Assert.Contains("Server", Assert.Throws<ArgumentException>(() => new MuseClient(new MuseClientOptions { Server = new Uri(server, UriKind.RelativeOrAbsolute) })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    public void AKeyThatIsNoneIsRefusedAndNotRepeated(string key)
    {
        var e = Assert.Throws<ArgumentException>(() => new MuseClient(new MuseClientOptions { Key = key }));
        Assert.StartsWith("Key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheKeyGoesToTheServerButNotWithSignedUrls()
    {
        Server.Then(200, "png").Then(200, AJob);
        using (var reader = new StreamReader(await Client.Images.OpenAsync("/v1/artifacts/a/b.png?expires=1&signature=s")))
            Assert.Equal("png", await reader.ReadToEndAsync());
        await Client.Jobs.GetAsync("j1");

        Assert.Equal([null, "Bearer mk-secret"], Server.Requests.Select(r => r["Authorization"]));
        Assert.Equal("/v1/artifacts/a/b.png?expires=1&signature=s", Server.Requests[0].Path);
    }

    [Theory]
    [InlineData("v1", "/v1/jobs/a%20b%2Fc")]
    [InlineData("v1/", "/v1/jobs/a%20b%2Fc")]
    [InlineData("muse/v1", "/muse/v1/jobs/a%20b%2Fc")]
    [InlineData("muse", "/muse/v1/jobs/a%20b%2Fc")]
    public async Task TheBaseUrlOfOtherClientsIsTakenToo_AndIdsAreEscaped(string path, string expected)
    {
        using var client = new MuseClient(Options() with { Server = new Uri(Server.Url, path) });
        string? raw = null;
        Server.Then(async http =>
        {
            raw = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(AJob);
        });
        await client.Jobs.GetAsync("a b/c");
        Assert.Equal(expected, raw);
    }
}
