using System.Net;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Import;
using MuseCluster.Silo.Configuration;
using MuseCluster.Silo.Hosting;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests;

public sealed class SiloProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-silo-").FullName;
    private readonly HttpClient _http = new();

    private SiloSettings Settings => new()
    {
        Name = "one",
        Models = [Path.Combine(Repository.Root, "models", "shapes")],
        Ledger = $"sqlite:{Path.Combine(_folder, "ledger.db")}",
        Blobs = Path.Combine(_folder, "artifacts"),
        Urls = "http://127.0.0.1:0",
    };

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_silo_serves_says_so_makes_pictures_and_drains_when_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<SiloStatus>();
        var running = SiloProcess.RunAsync(Settings, started.SetResult, stop.Token);
        var status = await started.Task.WaitAsync(Patience);
        Assert.Equal(StageNames.All, status.Grains.Select(g => g.Stage));
        Assert.Equal("ready", await _http.GetStringAsync($"{status.Endpoint}/ready"));
        Assert.Equal("alive", await _http.GetStringAsync($"{status.Endpoint}/health"));
        Assert.Contains("\"name\":\"one\"", await _http.GetStringAsync($"{status.Endpoint}/status"), StringComparison.Ordinal);

        await using var ledger = await SqlLedger.OpenAsync(Settings.Ledger, TimeProvider.System);
        var job = new Job { Tenant = "ada", Model = "shapes", Requests = [new GenerationRequest { Prompt = "a red circle", Steps = 2, SrSteps = 2 }] };
        await ledger.SubmitAsync(job);
        using var patience = new CancellationTokenSource(Patience);
        while (!(await ledger.GetJobAsync(job.Id, patience.Token))!.Ended)
            await Task.Delay(20, patience.Token);
        Assert.True(await new FolderArtifacts(Settings.Blobs).ExistsAsync(ArtifactName.Picture("ada", new ItemId(job.Id, 0))));

        await stop.CancelAsync();
        await running.WaitAsync(Patience);
        Assert.Empty(await ledger.GetSilosAsync(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetStringAsync($"{status.Endpoint}/ready"));
    }

    [Fact]
    public async Task A_silo_whose_ledger_is_gone_is_not_ready()
    {
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<SiloStatus>();
        var running = SiloProcess.RunAsync(Settings with { Stages = [] }, started.SetResult, stop.Token);
        var status = await started.Task.WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync($"{status.Endpoint}/ready")).StatusCode);
        await using (var ledger = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_folder, "ledger.db")}"))
        {
            await ledger.OpenAsync();
            await using var command = ledger.CreateCommand();
            command.CommandText = "DROP TABLE tenants";
            await command.ExecuteNonQueryAsync();
        }
        var response = await _http.GetAsync($"{status.Endpoint}/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("ledger", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync($"{status.Endpoint}/health")).StatusCode);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task Models_and_connections_that_are_wrong_are_all_named_before_anything_starts()
    {
        var settings = Settings with { Models = ["nowhere"], Ledger = "mysql://x", Blobs = "https://", Mesh = "amqp://" };
        var e = await Assert.ThrowsAsync<SiloConfigurationException>(() => SiloProcess.RunAsync(settings, null, CancellationToken.None));
        foreach (var setting in new[] { "models: there is no model 'nowhere'", "ledger: ", "blobs: ", "mesh: " })
            Assert.Contains(e.Problems, p => p.StartsWith(setting, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_folder, "artifacts")));
    }

    [Theory]
    [InlineData("rule", "muse-2", "There is no decoding rule 'muse-2'; expected one of muse, amused")]
    [InlineData("schedule", "sine", "defaults: Schedule is 'sine', expected one of cosine")]
    public async Task Defaults_of_a_model_that_no_request_could_follow_are_named_at_start(string field, string value, string problem)
    {
        var models = Path.Combine(_folder, "models");
        var added = await ModelImporter.AddAsync([Path.Combine(Repository.Root, "models", "shapes")], new ImportOptions { Models = models, Name = "odd" });
        (field == "rule" ? added with { Defaults = added.Defaults with { Rule = value } } : added with { Defaults = added.Defaults with { Schedule = value } }).Save(added.Folder!);
        var e = await Assert.ThrowsAsync<SiloConfigurationException>(() => SiloProcess.RunAsync(Settings with { Models = [added.Folder!] }, null, CancellationToken.None));
        Assert.Contains(problem, Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var e = await Assert.ThrowsAsync<SiloConfigurationException>(() => SiloProcess.RunAsync(Settings with { Urls = $"http://{listener.LocalEndpoint}" }, null, CancellationToken.None));
        Assert.Contains("cannot be listened on", Assert.Single(e.Problems), StringComparison.Ordinal);
    }
}
