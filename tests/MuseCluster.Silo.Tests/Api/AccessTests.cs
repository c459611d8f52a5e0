using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Work;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class AccessTests(KeyedGatewayFixture gateway) : IClassFixture<KeyedGatewayFixture>
{
    [Theory]
    [InlineData(null)]
    [InlineData("muse_0123456789abcdef_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG")]
    [InlineData("sk-something-else")]
    public async Task Without_a_known_key_nothing_is_served(string? key)
    {
        using var http = key is null ? new HttpClient { BaseAddress = gateway.Http.BaseAddress } : gateway.ClientWith(key);
        foreach (var route in new[] { "models", "jobs", "silos", "usage" })
        {
            var response = await http.GetAsync(route);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (response.StatusCode, await CodeAsync(response)));
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync("images/generations", new { prompt = "a" })).StatusCode);
    }

    [Fact]
    public async Task A_rotated_and_a_revoked_key_end_within_seconds()
    {
        var http = await gateway.ClientOfAsync("rotating");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("models")).StatusCode);
        var (key, record) = ApiKey.Create();
        await gateway.Ledger.AddKeyAsync("rotating", record, only: true);
        await UntilAsync(http, HttpStatusCode.Unauthorized);
        using var rotated = gateway.ClientWith(key);
        await UntilAsync(rotated, HttpStatusCode.OK);
        await gateway.Ledger.RevokeKeysAsync("rotating");
        await UntilAsync(rotated, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Another_tenants_job_is_not_there_on_any_route()
    {
        var (ada, eve) = (await gateway.ClientOfAsync("ada"), await gateway.ClientOfAsync("eve"));
        var job = await GatewayFixture.SubmitAsync(ada, 1);
        await GatewayFixture.WaitAsync(ada, job, j => (string)j["status"]! == "done");
        foreach (var route in new[] { $"jobs/{job}", $"jobs/{job}/items", $"jobs/{job}/items/0", $"jobs/{job}/events", $"jobs?after={job}" })
            Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync(route)).StatusCode);
        foreach (var verb in new[] { "cancel", "pause", "resume", "retry" })
            Assert.Equal(HttpStatusCode.NotFound, (await eve.PostAsync($"jobs/{job}/{verb}", null)).StatusCode);
        Assert.Empty((await GatewayFixture.JsonAsync(await eve.GetAsync("jobs")))["data"]!.AsArray());
        Assert.Empty((await GatewayFixture.JsonAsync(await eve.GetAsync("usage")))["data"]!.AsArray());
        Assert.Equal("done", (string)(await GatewayFixture.JsonAsync(await ada.GetAsync($"jobs/{job}")))["status"]!);
    }

    [Fact]
    public async Task The_same_idempotency_key_of_two_tenants_is_two_jobs()
    {
        var jobs = new List<string>();
        foreach (var tenant in new[] { "ada", "eve" })
        {
            var http = await gateway.ClientOfAsync(tenant);
            http.DefaultRequestHeaders.Add("Idempotency-Key", "shared");
            jobs.Add(await GatewayFixture.SubmitAsync(http, 1));
            Assert.Equal(jobs[^1], await GatewayFixture.SubmitAsync(http, 1));
        }
        Assert.NotEqual(jobs[0], jobs[1]);
    }

    [Fact]
    public async Task Requests_beyond_the_minutes_are_refused_exactly_and_other_tenants_are_not()
    {
        var http = await gateway.ClientOfAsync("hasty", new TenantLimits { RequestsPerMinute = 20 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => http.GetAsync("models")));
        Assert.Equal(20, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        var refused = answers.Where(a => a.StatusCode != HttpStatusCode.OK).ToList();
        Assert.All(refused, a => Assert.Equal(HttpStatusCode.TooManyRequests, a.StatusCode));
        Assert.All(refused, a => Assert.InRange(a.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60));
        Assert.Equal("requests_per_minute", await CodeAsync(refused[0]));
        Assert.Equal(HttpStatusCode.OK, (await (await gateway.ClientOfAsync("calm")).GetAsync("models")).StatusCode);
    }

    [Fact]
    public async Task Submissions_beyond_a_limit_say_which()
    {
        var http = await gateway.ClientOfAsync("limited", new TenantLimits { MaxQueued = 5, MaxBatch = 4, MaxRunning = 1 });
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value"), await RefusalAsync(5));
        var busy = await GatewayFixture.SubmitAsync(http, 1, "interactive", steps: 1000);
        await GatewayFixture.WaitAsync(http, busy, j => (int)j["counts"]!["running"]! == 1);
        await GatewayFixture.SubmitAsync(http, 4);
        Assert.Equal((HttpStatusCode.TooManyRequests, "max_queued"), await RefusalAsync(2));
        await gateway.Ledger.PutTenantAsync(new Tenant("limited") { Limits = new TenantLimits { Models = ["other"] } });
        using var patience = new CancellationTokenSource(GatewayFixture.Patience);
        Assert.Equal((HttpStatusCode.Forbidden, "model_not_allowed"), await RefusalAsync(1));
        foreach (var job in (await GatewayFixture.JsonAsync(await http.GetAsync("jobs")))["data"]!.AsArray())
            await http.PostAsync($"jobs/{(string)job!["id"]!}/cancel", null);

        async Task<(HttpStatusCode, string)> RefusalAsync(int pictures)
        {
            var response = await http.PostAsJsonAsync("jobs", new { requests = new[] { new { prompt = "a", n = pictures } } });
            return (response.StatusCode, await CodeAsync(response));
        }
    }

    [Fact]
    public async Task A_signed_url_that_was_altered_or_has_expired_is_refused()
    {
        var http = await gateway.ClientOfAsync("signer");
        var job = await GatewayFixture.SubmitAsync(http, 1);
        await GatewayFixture.WaitAsync(http, job, j => (string)j["status"]! == "done");
        var url = (string)(await GatewayFixture.JsonAsync(await http.GetAsync($"jobs/{job}/items/0")))["picture_url"]!;
        using var anybody = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await anybody.GetAsync(url)).StatusCode);
        var expires = long.Parse(url.Split("expires=")[1].Split('&')[0], System.Globalization.CultureInfo.InvariantCulture);
        string[] altered =
        [
            url.Replace("000000.png", "000001.png", StringComparison.Ordinal), url.Replace("/signer/", "/other/", StringComparison.Ordinal), url[..^1] + (url[^1] == 'A' ? 'B' : 'A'), url[..^5],
            url.Replace($"expires={expires}", $"expires={expires + 1}", StringComparison.Ordinal), url.Replace($"expires={expires}", "expires=99999999999999999999", StringComparison.Ordinal), url.Split('?')[0],
            url.Replace("/signer/", "/signer%2f..%2fsigner/", StringComparison.Ordinal), url.Replace("/signer/", "/..%2f..%2fsigner/", StringComparison.Ordinal),
        ];
        foreach (var bad in altered)
            Assert.Equal((HttpStatusCode.Forbidden, "url_invalid"), ((await anybody.GetAsync(bad)).StatusCode, await CodeAsync(await anybody.GetAsync(bad))));
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response) => (string)(await GatewayFixture.JsonAsync(response))["error"]!["code"]!;

    private static async Task UntilAsync(HttpClient http, HttpStatusCode status)
    {
        using var patience = new CancellationTokenSource(GatewayFixture.Patience);
        while ((await http.GetAsync("models", patience.Token)).StatusCode != status)
            await Task.Delay(50, patience.Token);
    }
}
