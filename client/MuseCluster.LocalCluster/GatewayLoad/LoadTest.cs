using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.LocalCluster.GatewayLoad;

/// <summary>
/// Three tenants with more requests than they may make, over many connections, each request at a moment that was fixed
/// beforehand: a server that is slow is not asked more gently. One in ten submits a job; the others read.
/// </summary>
/// <param name="server">The gateway.</param>
/// <param name="ledger">Its ledger.</param>
internal sealed class LoadTest(Uri server, SqlLedger ledger)
{
    private const int Connections = 200;
    private const int Tenants = 3;
    private const int PerSecond = 600;

    // All of it fits into one window of a minute, so that just these are let in.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(58);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TenantLimits Limits = new() { RequestsPerMinute = 10_000, MaxQueued = 500 };
    private static readonly string[] Reads = ["jobs?limit=5", "models", "usage"];

    /// <summary>Sends them.</summary>
    /// <param name="progress">Told how many were answered, and of how many.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<LoadResult> RunAsync(Action<int, int> progress, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(server, "/v1/"), Timeout = TimeSpan.FromSeconds(30) };
        // The first requests pay for compilation and connections.
        await SendAllAsync(http, [await AddAsync("load-first", TenantLimits.None, cancellation).ConfigureAwait(false)], WarmUp, (_, _) => { }, cancellation).ConfigureAwait(false);
        var tallies = new List<Tally>();
        for (var i = 0; i < Tenants; i++)
            tallies.Add(await AddAsync($"load-{i + 1}", Limits, cancellation).ConfigureAwait(false));
        var clock = Stopwatch.StartNew();
        var total = await SendAllAsync(http, tallies, Length, progress, cancellation).ConfigureAwait(false);
        var seconds = clock.Elapsed.TotalSeconds;
        var waiting = (await ledger.GetBacklogAsync(cancellation).ConfigureAwait(false)).ToLookup(b => b.Queue.Tenant, b => b.Queued);
        var reads = tallies.SelectMany(t => t.Reads).Order().ToList();
        return new LoadResult(seconds, total / seconds, reads[reads.Count / 2], reads[(int)(reads.Count * 0.99)],
            [.. tallies.Select(t => new TenantLoad(t.Tenant, t.Sent, t.LetIn, Limits.RequestsPerMinute!.Value, t.TooMany, t.Wrong, waiting[t.Tenant].Sum(), Limits.MaxQueued!.Value))]);
    }

    private async Task<Tally> AddAsync(string tenant, TenantLimits limits, CancellationToken cancellation)
    {
        await ledger.PutTenantAsync(new Tenant(tenant) { Limits = limits }, cancellation).ConfigureAwait(false);
        var (key, record) = ApiKey.Create();
        await ledger.AddKeyAsync(tenant, record, only: true, cancellation).ConfigureAwait(false);
        return new Tally(tenant, new AuthenticationHeaderValue("Bearer", key));
    }

    private static async Task<int> SendAllAsync(HttpClient http, List<Tally> tallies, TimeSpan length, Action<int, int> progress, CancellationToken cancellation)
    {
        var total = (int)(length.TotalSeconds * PerSecond);
        var (next, answered) = (-1, 0);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int n; (n = Interlocked.Increment(ref next)) < total;)
            {
                var due = TimeSpan.FromSeconds((double)n / PerSecond);
                if (due > clock.Elapsed)
                    await Task.Delay(due - clock.Elapsed, cancellation).ConfigureAwait(false);
                await SendAsync(http, tallies[n % tallies.Count], n, due, clock, cancellation).ConfigureAwait(false);
                progress(Interlocked.Increment(ref answered), total);
            }
        })).ConfigureAwait(false);
        return total;
    }

    private static async Task SendAsync(HttpClient http, Tally tally, int n, TimeSpan due, Stopwatch clock, CancellationToken cancellation)
    {
        var submits = n / Tenants % 10 == 0;
        using var request = submits
            ? new HttpRequestMessage(HttpMethod.Post, "jobs") { Content = JsonContent.Create(new { requests = new[] { new { prompt = "a red circle" } } }) }
            : new HttpRequestMessage(HttpMethod.Get, Reads[n / Tenants % Reads.Length]);
        request.Headers.Authorization = tally.Key;
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        tally.Count(response, body, submits ? null : (clock.Elapsed - due).TotalMilliseconds);
    }

    private sealed class Tally(string tenant, AuthenticationHeaderValue key)
    {
        private readonly Lock _lock = new();

        public string Tenant => tenant;

        public AuthenticationHeaderValue Key => key;

        public int Sent { get; private set; }

        public int LetIn { get; private set; }

        public int TooMany { get; private set; }

        public int Wrong { get; private set; }

        public List<double> Reads { get; } = [];

        public void Count(HttpResponseMessage response, string body, double? milliseconds)
        {
            lock (_lock)
            {
                Sent++;
                if (response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.RetryAfter is not null)
                {
                    TooMany++;
                    // Who has too much waiting was let in.
                    if (body.Contains("max_queued", StringComparison.Ordinal))
                        LetIn++;
                }
                else if (response.IsSuccessStatusCode)
                {
                    LetIn++;
                    if (milliseconds is { } read)
                        Reads.Add(read);
                }
                else
                    Wrong++;
            }
        }
    }
}
