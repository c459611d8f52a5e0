using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.LocalCluster.GatewayLoad;

/// <summary>What a gateway holds out: long batches, and tenants beyond their limits. It is a process of its own without stages, on PostgreSQL, so that all it does is a gateway's work.</summary>
/// <param name="options">Folder, program and model; its silo and servers are chosen here.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class GatewayBenchmark(DevelopmentClusterOptions options, IProgress<(string What, int Done, int Items)>? progress = null)
{
    private static readonly int[] Lines = [1_000, 10_000, 50_000];

    /// <summary>Measures.</summary>
    /// <param name="cancellation">Stops it.</param>
    public async Task<GatewayReport> RunAsync(CancellationToken cancellation)
    {
        await using var cluster = new DevelopmentCluster(options with
        {
            Silos = [new SiloSpec("gateway-1", "gateway")],
            Mesh = "inprocess",
            Blobs = Path.Combine(Path.GetFullPath(options.Folder), "artifacts"),
        });
        progress?.Report(("starting", 0, 0));
        await cluster.StartServersAsync(null, cancellation).ConfigureAwait(false);
        await cluster.StartSilosAsync(null, cancellation).ConfigureAwait(false);
        var silo = cluster.Silos[0];
        await using var ledger = await SqlLedger.OpenAsync(cluster.Ledger, TimeProvider.System, cancellation).ConfigureAwait(false);
        using var http = new HttpClient { BaseAddress = new Uri(new Uri(silo.Urls), "/v1/"), Timeout = TimeSpan.FromMinutes(5) };
        // The first lines pay for compilation.
        await SubmitAsync(http, silo, 1_000, cancellation).ConfigureAwait(false);
        var batches = new List<BatchTime>();
        foreach (var lines in Lines)
        {
            progress?.Report(($"a batch of {lines} lines", batches.Count, Lines.Length));
            batches.Add(await SubmitAsync(http, silo, lines, cancellation).ConfigureAwait(false));
        }
        var load = await new LoadTest(new Uri(silo.Urls), ledger).RunAsync((done, all) => progress?.Report(("200 connections", done, all)), cancellation).ConfigureAwait(false);
        return new GatewayReport(batches, load);
    }

    private static async Task<BatchTime> SubmitAsync(HttpClient http, LocalSilo silo, int lines, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("batch"), "purpose" },
            { new ByteArrayContent(Input(lines)), "file", "prompts.jsonl" },
        };
        var file = await PostAsync(http, "files", form, cancellation).ConfigureAwait(false);
        var upload = clock.Elapsed.TotalSeconds;
        var batch = await PostAsync(http, "batches", JsonContent.Create(new { input_file_id = (string)file["id"]!, endpoint = "/v1/images/generations", completion_window = "24h" }), cancellation).ConfigureAwait(false);
        var (status, most) = ("validating", 0.0);
        for (; status == "validating"; await Task.Delay(20, cancellation).ConfigureAwait(false))
        {
            status = (string)(await http.GetFromJsonAsync<JsonNode>($"batches/{(string)batch["id"]!}", cancellation).ConfigureAwait(false))!["status"]!;
            most = Math.Max(most, Resident(silo.Process!.Id));
        }
        if (status != "in_progress")
            throw new InvalidOperationException($"the batch of {lines} lines is {status}, expected in_progress");
        var submit = clock.Elapsed.TotalSeconds - upload;
        await http.PostAsync(new Uri($"batches/{(string)batch["id"]!}/cancel", UriKind.Relative), null, cancellation).ConfigureAwait(false);
        return new BatchTime(lines, upload, submit, most);
    }

    private static byte[] Input(int lines)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
            text.Append(CultureInfo.InvariantCulture, $$$"""{"custom_id":"line-{{{i}}}","method":"POST","url":"/v1/images/generations","body":{"prompt":"a red circle above a blue square, number {{{i}}}","steps":24}}""").Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string route, HttpContent content, CancellationToken cancellation)
    {
        using var response = await http.PostAsync(new Uri(route, UriKind.Relative), content, cancellation).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{route}: {text}");
    }

    private static double Resident(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
