using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.Silo.Tests.Api;

/// <summary>An embedded silo with its API, for the tests of a class.</summary>
public class GatewayFixture : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public string Folder { get; } = Directory.CreateTempSubdirectory("muse-gateway-").FullName;

    public HttpClient Http { get; } = new() { Timeout = Patience };

    /// <summary>The same ledger as the silo's.</summary>
    public SqlLedger Ledger { get; private set; } = null!;

    protected virtual AccessMode? Access => null;

    private SiloSettings Settings => new()
    {
        Name = "gateway-test",
        Models = [Path.Combine(SiloProcessTests.Root(), "models", "shapes")],
        Ledger = $"sqlite:{Path.Combine(Folder, "ledger.db")}",
        Blobs = Path.Combine(Folder, "artifacts"),
        Urls = "http://127.0.0.1:0",
        Access = Access,
        Drain = TimeSpan.FromSeconds(2),
    };

    public async Task InitializeAsync()
    {
        var started = new TaskCompletionSource<SiloStatus>();
        _running = SiloProcess.RunAsync(Settings, started.SetResult, _stop.Token);
        await Task.WhenAny(started.Task, _running).WaitAsync(Patience);
        if (_running.IsFaulted)
            await _running;
        Http.BaseAddress = new Uri((await started.Task).Endpoint + "/v1/");
        Ledger = await SqlLedger.OpenAsync(Settings.Ledger, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        await Ledger.DisposeAsync();
        Http.Dispose();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A client that shows a fresh key of a tenant.</summary>
    public async Task<HttpClient> ClientOfAsync(string tenant, TenantLimits? limits = null)
    {
        await Ledger.PutTenantAsync(new Tenant(tenant) { Limits = limits ?? TenantLimits.None });
        var (key, record) = ApiKey.Create();
        await Ledger.AddKeyAsync(tenant, record, only: false);
        return ClientWith(key);
    }

    public HttpClient ClientWith(string key) => new() { BaseAddress = Http.BaseAddress, Timeout = Patience, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonNode>())!;

    /// <summary>Submits a job of small pictures.</summary>
    public static async Task<string> SubmitAsync(HttpClient http, int pictures, string priority = "batch", int steps = 2)
    {
        var response = await http.PostAsJsonAsync("jobs", new { @class = priority, requests = new[] { new { prompt = "a red circle", n = pictures, seed = 7, steps, sr_steps = 1 } } });
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        return (string)(await JsonAsync(response))["id"]!;
    }

    /// <summary>Waits until a job has a status.</summary>
    public static async Task<JsonNode> WaitAsync(HttpClient http, string job, Func<JsonNode, bool> until)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var status = await JsonAsync(await http.GetAsync($"jobs/{job}", patience.Token));
            if (until(status))
                return status;
            await Task.Delay(20, patience.Token);
        }
    }
}

/// <summary>The same where a key is wanted.</summary>
public sealed class KeyedGatewayFixture : GatewayFixture
{
    protected override AccessMode? Access => AccessMode.Keys;
}
