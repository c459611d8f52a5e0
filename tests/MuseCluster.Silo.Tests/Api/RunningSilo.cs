using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.Silo.Tests.Api;

/// <summary>An embedded silo that may be stopped and started again on the same folder, and what tests of files and batches do with it.</summary>
public sealed class RunningSilo : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-silo-").FullName;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    public HttpClient Http { get; private set; } = null!;

    public SqlLedger Ledger { get; private set; } = null!;

    public SiloSettings Settings => new()
    {
        Name = "one",
        Models = [Path.Combine(SiloProcessTests.Root(), "models", "shapes")],
        Ledger = $"sqlite:{Path.Combine(_folder, "ledger.db")}",
        Blobs = Path.Combine(_folder, "artifacts"),
        Urls = "http://127.0.0.1:0",
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
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StartAsync()
    {
        _stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<SiloStatus>();
        _running = SiloProcess.RunAsync(Settings, started.SetResult, _stop.Token);
        await Task.WhenAny(started.Task, _running).WaitAsync(Patience);
        Http = new HttpClient { BaseAddress = new Uri((await started.Task.WaitAsync(TimeSpan.Zero)).Endpoint) };
    }

    public async Task StopAsync()
    {
        await _stop!.CancelAsync();
        await _running.WaitAsync(Patience);
        _stop.Dispose();
        Http.Dispose();
    }

    /// <summary>A client of a tenant of its own.</summary>
    public async Task<HttpClient> ClientAsync(string tenant, TenantLimits? limits = null)
    {
        var (key, record) = ApiKey.Create();
        await Ledger.PutTenantAsync(new Tenant(tenant) { Limits = limits ?? TenantLimits.None });
        await Ledger.AddKeyAsync(tenant, record, only: true);
        return new HttpClient { BaseAddress = Http.BaseAddress, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
    }

    public static MultipartFormDataContent Form(HttpContent file, string? purpose = "batch", string name = "in.jsonl")
    {
        var form = new MultipartFormDataContent { { file, "file", name } };
        if (purpose is not null)
            form.Add(new StringContent(purpose), "purpose");
        return form;
    }

    public static async Task<string> UploadAsync(HttpClient http, string text)
    {
        using var form = Form(new StringContent(text, Encoding.UTF8));
        return (string)(await ReadAsync(await http.PostAsync("/v1/files", form)))["id"]!;
    }

    public static async Task<JsonNode> SubmitAsync(HttpClient http, string input, string window = "24h", string? idempotency = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches")
        {
            Content = JsonContent.Create(new { input_file_id = input, endpoint = "/v1/images/generations", completion_window = window, metadata = new { note = "x" } }),
        };
        if (idempotency is not null)
            request.Headers.Add("Idempotency-Key", idempotency);
        return await ReadAsync(await http.SendAsync(request));
    }

    public static async Task<JsonNode> WaitAsync(HttpClient http, JsonNode batch, params string[] states)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var now = await ReadAsync(await http.GetAsync($"/v1/batches/{batch["id"]}", patience.Token));
            if (states.Contains((string)now["status"]!))
                return now;
            await Task.Delay(50, patience.Token);
        }
    }

    public static async Task<IReadOnlyList<JsonNode>> LinesAsync(HttpClient http, JsonNode? file) =>
        file is null ? [] : [.. (await http.GetStringAsync($"/v1/files/{file}/content")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!;
        }
    }

    /// <summary>The error of an answer that is one.</summary>
    public static async Task<JsonNode> ErrorAsync(HttpResponseMessage response, int status)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
            return JsonNode.Parse(text)!["error"]!;
        }
    }
}
