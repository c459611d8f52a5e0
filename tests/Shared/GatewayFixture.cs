using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.Tests.Shared;

/// <summary>An embedded silo with its API and its page, for the tests of a class. It may be stopped and started again on the same folder.</summary>
public class GatewayFixture : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public string Folder { get; } = Directory.CreateTempSubdirectory("muse-gateway-").FullName;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>The same ledger as the silo's.</summary>
    public SqlLedger Ledger { get; private set; } = null!;

    protected virtual AccessMode? Access => null;

    protected virtual string[] Models => [Path.Combine(Repository.Root, "models", "shapes")];

    public SiloSettings Settings => new()
    {
        Name = "silo-1",
        Models = Models,
        Ledger = $"sqlite:{Path.Combine(Folder, "ledger.db")}",
        Blobs = Path.Combine(Folder, "artifacts"),
        Urls = "http://127.0.0.1:0",
        Access = Access,
        Drain = TimeSpan.FromSeconds(2),
    };

    public async Task InitializeAsync()
    {
        await StartAsync();
        Ledger = await SqlLedger.OpenAsync(Settings.Ledger, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await Ledger.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public async Task StartAsync()
    {
        _stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<SiloStatus>();
        _running = SiloProcess.RunAsync(Settings, started.SetResult, _stop.Token);
        await Task.WhenAny(started.Task, _running).WaitAsync(Patience);
        if (_running.IsFaulted)
            await _running;
        Http = new HttpClient { BaseAddress = new Uri((await started.Task).Endpoint + "/v1/"), Timeout = Patience };
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        Http.Dispose();
        _stop.Dispose();
    }

    /// <summary>A client that shows a fresh key of a tenant.</summary>
    public async Task<HttpClient> ClientOfAsync(string tenant, TenantLimits? limits = null) => ClientWith(await KeyOfAsync(tenant, limits));

    /// <summary>A fresh key of a tenant.</summary>
    public async Task<string> KeyOfAsync(string tenant, TenantLimits? limits = null)
    {
        await Ledger.PutTenantAsync(new Tenant(tenant) { Limits = limits ?? TenantLimits.None });
        var (key, record) = ApiKey.Create();
        await Ledger.AddKeyAsync(tenant, record, only: false);
        return key;
    }

    public HttpClient ClientWith(string key) => new() { BaseAddress = Http.BaseAddress, Timeout = Patience, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonNode>())!;

    /// <summary>Submits a job of small pictures.</summary>
    public static Task<string> SubmitAsync(HttpClient http, int pictures, string priority = "batch", int steps = 2) =>
        SubmitAsync(http, priority, new { prompt = "a red circle", n = pictures, seed = 7, steps, sr_steps = 1 });

    /// <summary>Submits a job.</summary>
    public static async Task<string> SubmitAsync(HttpClient http, string priority, params object[] requests)
    {
        var response = await http.PostAsJsonAsync("jobs", new { @class = priority, requests });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
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
