using System.Collections.Concurrent;
using System.Diagnostics;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Cluster.Work;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Cluster.Dispatch;

/// <summary>
/// Takes items from the ledger, fairly and within each model's window, and sends them to their first stage. Several may
/// run; the one that holds the office works, and another takes over when it is gone. What it took and could not send goes
/// back, at the latest when its lease ends.
/// </summary>
/// <param name="name">Who holds the office: the silo's name.</param>
/// <param name="ledger">Has the items.</param>
/// <param name="mesh">Carries them.</param>
/// <param name="options">How items are chosen and sent.</param>
/// <param name="time">Time.</param>
/// <param name="logger">Told what goes wrong.</param>
public sealed partial class Dispatcher(string name, ILedger ledger, IMesh mesh, DispatchOptions options, TimeProvider time, ILogger<Dispatcher> logger)
{
    /// <summary>The office that the working dispatcher holds.</summary>
    public const string Office = "dispatcher";

    private const int SentAtOnce = 64;
    private static readonly TimeSpan ReturnWithin = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, FairShare> _shares = new(StringComparer.Ordinal);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private Dictionary<string, int> _windows = new(StringComparer.Ordinal);
    private DateTimeOffset _heldUntil;
    private DateTimeOffset _surveyed;
    private DateTimeOffset _waited;

    /// <summary>Dispatches until cancelled; failures of ledger and mesh are logged and waited out.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var suspects = new Suspects(ledger, mesh, options, time, () => time.GetUtcNow() < _heldUntil + options.Term, logger);
        await Task.WhenAll(DispatchAsync(cancellation), suspects.RunAsync(cancellation)).ConfigureAwait(false);
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            await ledger.ResignAsync(Office, name, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException)
        {
            // The office falls free when its term ends.
        }
    }

    /// <summary>Dispatches once: as much as there are items and room for.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many items were sent; 0 where another dispatcher holds the office.</returns>
    public async Task<int> DispatchOnceAsync(CancellationToken cancellation = default)
    {
        if (!await HoldAsync(cancellation).ConfigureAwait(false))
            return 0;
        await SurveyAsync(cancellation).ConfigureAwait(false);
        var sent = 0;
        var backlogs = await ledger.GetBacklogAsync(cancellation).ConfigureAwait(false);
        var limits = new RunningLimits(backlogs);
        foreach (var model in backlogs.GroupBy(b => b.Queue.Model, StringComparer.Ordinal))
        {
            var room = _windows.GetValueOrDefault(model.Key) - model.Sum(b => b.Running);
            var allowed = limits.Clip(model);
            if (room <= 0 || !allowed.Any(b => b.Queued > 0))
                continue;
            var items = await DispatchAsync(model.Key, allowed, Math.Min(room, options.MaxBatch), cancellation).ConfigureAwait(false);
            limits.Take(items);
            sent += items.Count;
        }
        return sent;
    }

    private async Task DispatchAsync(CancellationToken cancellation)
    {
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var sent = await DispatchOnceAsync(cancellation).ConfigureAwait(false);
                failures = 0;
                if (sent == 0)
                    await RestAsync(options.Poll, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is LedgerException or MeshException)
            {
                Failed(e.Message);
                await BackOffAsync(failures++, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> HoldAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now < _heldUntil)
            return true;
        if (!await ledger.HoldAsync(Office, name, options.Term, cancellation).ConfigureAwait(false))
        {
            // What others were given meanwhile is not known here, nor what waited: shares begin anew with the office, and
            // nothing is taken for lost within a lease.
            _shares.Clear();
            _waited = now;
            return false;
        }
        _heldUntil = now + (options.Term / 3);
        return true;
    }

    // Silos come and go, and leases end, far more slowly than items pass.
    private async Task SurveyAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - _surveyed < TimeSpan.FromSeconds(1))
            return;
        _windows = ModelWindow.All(await ledger.GetSilosAsync(options.SiloTimeout, cancellation).ConfigureAwait(false), options);
        var waiting = await MeasureAsync(cancellation).ConfigureAwait(false);
        var expired = await ledger.ExpireAsync(options.MaxAttempts, options.MaxBatch, waiting ? options.Lease * options.WaitingLeases : default, cancellation).ConfigureAwait(false);
        if (expired.Queued.Count + expired.Failed.Count > 0)
            LeasesEnded(expired.Queued.Count, expired.Failed.Count);
        ClusterTelemetry.Redispatched.Add(expired.Queued.Count);
        ClusterTelemetry.Failures.Add(expired.Failed.Count, new KeyValuePair<string, object?>("cause", "attempts"));
        // A full batch: there may be more, and the next round must not wait for them.
        if (expired.Queued.Count + expired.Failed.Count < options.MaxBatch)
            _surveyed = now;
    }

    // Whether anything waits in the mesh's queues, or did within a lease.
    private async Task<bool> MeasureAsync(CancellationToken cancellation)
    {
        // Only what is declared is counted, and after a change of office the queues may be full.
        var unknown = _windows.Keys.Except(_declared, StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            await mesh.DeclareAsync(StageAddress.Of(unknown), cancellation).ConfigureAwait(false);
        _declared.UnionWith(unknown);
        var depths = await mesh.GetDepthsAsync(cancellation).ConfigureAwait(false);
        foreach (var (address, depth) in depths)
            ClusterTelemetry.QueueDepth.Record(depth, new("stage", address.Stage.Name()), new("model", address.Model));
        // One that has just been delivered has not been renewed yet, and a queue that moves looks empty meanwhile.
        var now = time.GetUtcNow();
        if (depths.Values.Any(depth => depth > 0))
            _waited = now;
        return now - _waited < options.Lease;
    }

    private async Task<IReadOnlyList<Item>> DispatchAsync(string model, IReadOnlyList<Backlog> backlogs, int room, CancellationToken cancellation)
    {
        if (!_shares.TryGetValue(model, out var share))
            _shares[model] = share = new FairShare(options, time);
        var claims = share.Pick(backlogs, room);
        var sent = new ConcurrentBag<Item>();
        try
        {
            var items = share.Arrange(await ledger.LeaseAsync(claims, options.Lease, cancellation).ConfigureAwait(false));
            FaultPoint.Reach(FaultPoint.Leased);
            await SendAsync(model, items, sent, cancellation).ConfigureAwait(false);
            return items;
        }
        finally
        {
            // What was not sent is not charged, or a tenant would pay for each failure.
            share.Settle(claims, [.. sent]);
            ClusterTelemetry.Dispatched.Add(sent.Count, new KeyValuePair<string, object?>("model", model));
        }
    }

    // Items are started in order, so that the mesh has them in order, and confirmed in any.
    private async Task SendAsync(string model, IReadOnlyList<Item> items, ConcurrentBag<Item> sent, CancellationToken cancellation)
    {
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = new Queue<Task>();
        try
        {
            foreach (var item in items)
            {
                if (sending.Count == SentAtOnce)
                    await sending.Dequeue().ConfigureAwait(false);
                sending.Enqueue(SendAsync(new StageAddress(Stage.Text, model), item, sent, failing.Token));
            }
            while (sending.TryDequeue(out var last))
                await last.ConfigureAwait(false);
        }
        catch (Exception e) when (e is MeshException or OperationCanceledException)
        {
            await failing.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ReturnAsync([.. items.Select(i => i.Id).Except(sent.Select(i => i.Id))]).ConfigureAwait(false);
            throw;
        }
    }

    private async Task SendAsync(StageAddress to, Item item, ConcurrentBag<Item> sent, CancellationToken cancellation)
    {
        using var activity = ClusterTelemetry.Source.StartActivity("dispatch", ActivityKind.Producer, default(ActivityContext));
        activity?.SetTag("muse.item", item.Id.ToString()).SetTag("muse.tenant", item.Tenant);
        await mesh.SendAsync(to, new StageMessage { Item = item, TraceParent = activity?.Id }, cancellation).ConfigureAwait(false);
        sent.Add(item);
    }

    private async Task ReturnAsync(IReadOnlyList<ItemId> items)
    {
        using var soon = new CancellationTokenSource(ReturnWithin, time);
        try
        {
            await ledger.ReturnAsync(items, soon.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // They go back when their leases end.
        }
    }

    private Task BackOffAsync(int failures, CancellationToken cancellation) =>
        RestAsync(TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(failures, 5))), cancellation);

    // The loop's own check ends it.
    private async Task RestAsync(TimeSpan rest, CancellationToken cancellation) =>
        await Task.Delay(rest, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "dispatching failed, trying again: {Problem}")]
    private partial void Failed(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "leases ended: {Queued} items wait again, {Failed} had no attempts left")]
    private partial void LeasesEnded(int queued, int failed);
}
