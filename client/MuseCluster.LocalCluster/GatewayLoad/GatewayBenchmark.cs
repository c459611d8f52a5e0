using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.LocalCluster.Distribution;
using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.LocalCluster.GatewayLoad;

/// <summary>
/// What a gateway holds out: long batches, tenants beyond their limits, and being killed. For the first two it is a process
/// without stages, so that all it does is a gateway's work; the ledger is PostgreSQL.
/// </summary>
/// <param name="options">Folder, program and model; its silo and servers are chosen here.</param>
/// <param name="restarted">Lines of the batch whose silo is killed.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class GatewayBenchmark(DevelopmentClusterOptions options, int restarted, IProgress<(string What, int Done, int Items)>? progress = null)
{
    private static readonly int[] Lines = [1_000, 10_000, 50_000];

    /// <summary>Measures.</summary>
    /// <param name="cancellation">Stops it.</param>
    public async Task<GatewayReport> RunAsync(CancellationToken cancellation)
    {
        List<BatchTime> batches = [];
        LoadResult load;
        await using (var gateway = await StartAsync("gateway", cancellation).ConfigureAwait(false))
        {
            var silo = gateway.Cluster.Silos[0];
            using var http = new HttpClient { BaseAddress = new Uri(new Uri(silo.Urls), "/v1/"), Timeout = TimeSpan.FromMinutes(5) };
            // The first lines pay for compilation.
            await SubmitAsync(http, silo, 1_000, cancellation).ConfigureAwait(false);
            foreach (var lines in Lines)
            {
                progress?.Report(($"a batch of {lines} lines", batches.Count, Lines.Length));
                batches.Add(await SubmitAsync(http, silo, lines, cancellation).ConfigureAwait(false));
            }
            load = await new LoadTest(new Uri(silo.Urls), gateway.Ledger).RunAsync((done, all) => progress?.Report(("200 connections", done, all)), cancellation).ConfigureAwait(false);
        }
        await using var whole = await StartAsync("text,base,superres,pixels,gateway", cancellation).ConfigureAwait(false);
        var restart = await new RestartTest(whole.Cluster.Silos[0], whole.Ledger)
            .RunAsync(restarted, done => progress?.Report(("a batch, killed in the middle", done, restarted)), cancellation).ConfigureAwait(false);
        return new GatewayReport(batches, load, restart);
    }

    private async Task<Arrangement> StartAsync(string roles, CancellationToken cancellation)
    {
        progress?.Report(("starting", 0, 0));
        var folder = Path.Combine(Path.GetFullPath(options.Folder), roles);
        return await Arrangement.StartAsync(roles, options with { Folder = folder, Silos = [new SiloSpec("silo-1", roles)], Mesh = "inprocess", Blobs = Path.Combine(folder, "artifacts") }, cancellation).ConfigureAwait(false);
    }

    private static async Task<BatchTime> SubmitAsync(HttpClient http, LocalSilo silo, int lines, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var file = await BatchUpload.UploadAsync(http, BatchUpload.Input(lines, "\"steps\":24"), cancellation).ConfigureAwait(false);
        var upload = clock.Elapsed.TotalSeconds;
        var batch = await BatchUpload.CreateAsync(http, file, cancellation).ConfigureAwait(false);
        var (status, most) = ("validating", 0.0);
        for (; status == "validating"; await Task.Delay(20, cancellation).ConfigureAwait(false))
        {
            status = (string)(await http.GetFromJsonAsync<JsonNode>(new Uri($"batches/{batch}", UriKind.Relative), cancellation).ConfigureAwait(false))!["status"]!;
            most = Math.Max(most, Resident(silo.Process!.Id));
        }
        if (status != "in_progress")
            throw new InvalidOperationException($"the batch of {lines} lines is {status}, expected in_progress");
        var submit = clock.Elapsed.TotalSeconds - upload;
        await http.PostAsync(new Uri($"batches/{batch}/cancel", UriKind.Relative), null, cancellation).ConfigureAwait(false);
        return new BatchTime(lines, upload, submit, most);
    }

    private static double Resident(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
