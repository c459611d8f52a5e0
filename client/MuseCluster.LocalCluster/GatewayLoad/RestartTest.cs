using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.LocalCluster.Processes;
using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.LocalCluster.GatewayLoad;

/// <summary>A long batch through a silo with every role, which is killed in the middle and started again.</summary>
/// <param name="silo">The silo; it runs.</param>
/// <param name="ledger">Its ledger.</param>
internal sealed class RestartTest(LocalSilo silo, SqlLedger ledger)
{
    private const int Page = 1000;

    /// <summary>Runs it.</summary>
    /// <param name="lines">The batch's lines, of a step each.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<RestartResult> RunAsync(int lines, Action<int> progress, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(new Uri(silo.Urls), "/v1/"), Timeout = TimeSpan.FromMinutes(5) };
        var batch = await BatchUpload.SubmitAsync(http, BatchUpload.Input(lines, "\"steps\":1,\"sr_steps\":1"), cancellation).ConfigureAwait(false);
        var before = await UntilAsync(http, batch, s => (int)s["request_counts"]!["completed"]! >= lines / 3, progress, cancellation).ConfigureAwait(false);
        await silo.EndAsync(Signal.Kill, cancellation).ConfigureAwait(false);
        silo.Start();
        await silo.WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
        var ended = await UntilAsync(http, batch, s => s["completed_at"] is not null || s["failed_at"] is not null, progress, cancellation).ConfigureAwait(false);

        var ids = new List<string>();
        using var output = new StreamReader(await http.GetStreamAsync(new Uri($"files/{(string)ended["output_file_id"]!}/content", UriKind.Relative), cancellation).ConfigureAwait(false), Encoding.UTF8);
        while (await output.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
            ids.Add((string)JsonNode.Parse(line)!["custom_id"]!);
        var again = 0;
        for (var from = 0; from < lines; from += Page)
            again += (await ledger.GetItemsAsync(Guid.ParseExact((string)ended["job"]!, "N"), from, Page, cancellation).ConfigureAwait(false)).Count(i => i.Item.Attempt > 1);
        return new RestartResult(
            lines, (int)before["request_counts"]!["completed"]!, (string)ended["status"]!, (int)ended["request_counts"]!["completed"]!, (int)ended["request_counts"]!["failed"]!, ids.Count, ids.Distinct(StringComparer.Ordinal).Count(), again);
    }

    private static async Task<JsonNode> UntilAsync(HttpClient http, string batch, Func<JsonNode, bool> until, Action<int> progress, CancellationToken cancellation)
    {
        while (true)
        {
            var status = (await http.GetFromJsonAsync<JsonNode>(new Uri($"batches/{batch}", UriKind.Relative), cancellation).ConfigureAwait(false))!;
            progress((int)status["request_counts"]!["completed"]!);
            if (until(status))
                return status;
            await Task.Delay(200, cancellation).ConfigureAwait(false);
        }
    }
}
