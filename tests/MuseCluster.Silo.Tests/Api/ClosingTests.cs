using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class ClosingTests
{
    [Fact]
    public async Task Who_waits_when_a_silo_stops_is_told_to_come_again_and_streams_end()
    {
        var gateway = new GatewayFixture();
        await gateway.InitializeAsync();
        var job = await GatewayFixture.SubmitAsync(gateway.Http, 4, steps: 1000);
        await GatewayFixture.WaitAsync(gateway.Http, job, j => (int)j["counts"]!["running"]! > 0);
        using var http = new HttpClient { BaseAddress = gateway.Http.BaseAddress, Timeout = GatewayFixture.Patience };
        var pictures = http.PostAsJsonAsync("images/generations", new { prompt = "a red circle", n = 2, steps = 1000 });
        await GatewayFixture.WaitAsync(gateway.Http, await OtherAsync(gateway.Http, job), j => (int)j["counts"]!["running"]! > 0);
        using var events = await http.GetAsync($"jobs/{job}/events", HttpCompletionOption.ResponseHeadersRead);
        await gateway.DisposeAsync();
        var answer = await pictures;
        var error = (await GatewayFixture.JsonAsync(answer))["error"]!;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable", true), (answer.StatusCode, (string)error["code"]!, answer.Headers.RetryAfter is not null));
        Assert.Contains("event: job", await events.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> OtherAsync(HttpClient http, string job)
    {
        using var patience = new CancellationTokenSource(GatewayFixture.Patience);
        while (true)
        {
            var jobs = (await http.GetFromJsonAsync<JsonNode>("jobs", patience.Token))!["data"]!.AsArray().Select(j => (string)j!["id"]!);
            if (jobs.FirstOrDefault(id => id != job) is { } other)
                return other;
            await Task.Delay(20, patience.Token);
        }
    }
}
