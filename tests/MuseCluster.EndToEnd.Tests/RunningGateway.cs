using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.EndToEnd.Tests;

/// <summary>A silo as it runs alone, with its API and its page, for the tests of a class.</summary>
public sealed class RunningGateway : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-e2e-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Where it answers, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The same ledger as the silo's.</summary>
    public SqlLedger Ledger { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var settings = new SiloSettings
        {
            Name = "silo-1",
            Models = [Path.Combine(Repository.Root, "models", "shapes")],
            Ledger = $"sqlite:{Path.Combine(_folder, "ledger.db")}",
            Blobs = Path.Combine(_folder, "artifacts"),
            Urls = "http://127.0.0.1:0",
            Drain = TimeSpan.FromSeconds(2),
        };
        var started = new TaskCompletionSource<SiloStatus>();
        _running = SiloProcess.RunAsync(settings, started.SetResult, _stop.Token);
        await Task.WhenAny(started.Task, _running).WaitAsync(Patience);
        if (_running.IsFaulted)
            await _running;
        Address = (await started.Task).Endpoint!;
        Ledger = await SqlLedger.OpenAsync(settings.Ledger, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        await Ledger.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A key of a new tenant, so that tests do not see each other's pictures.</summary>
    public async Task<string> KeyAsync(TenantLimits? limits = null)
    {
        var tenant = $"tenant-{Guid.NewGuid():N}"[..20];
        await Ledger.PutTenantAsync(new Tenant(tenant) { Limits = limits ?? TenantLimits.None });
        var (key, record) = ApiKey.Create();
        await Ledger.AddKeyAsync(tenant, record, only: false);
        return key;
    }

    /// <summary>A client of the API with a key.</summary>
    public HttpClient ClientWith(string key) =>
        new() { BaseAddress = new Uri(Address + "/v1/"), Timeout = Patience, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };

    /// <summary>Submits a job and gives its name.</summary>
    public static async Task<string> SubmitAsync(HttpClient http, string priority, params object[] requests)
    {
        var response = await http.PostAsJsonAsync("jobs", new { @class = priority, requests });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
    }

    /// <summary>Waits until a job is as it should be.</summary>
    public static async Task WaitAsync(HttpClient http, string job, Func<JsonNode, bool> until)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!until((await http.GetFromJsonAsync<JsonNode>($"jobs/{job}", patience.Token))!))
            await Task.Delay(20, patience.Token);
    }
}
