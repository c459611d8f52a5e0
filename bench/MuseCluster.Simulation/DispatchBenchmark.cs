using System.Diagnostics;
using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Simulation;

/// <summary>
/// Measures in real time how fast items go from a ledger through the dispatcher to their end, what shares tenants get, and how
/// long an interactive item waits behind all others. The silos are simulated, with heartbeats and latencies; all else is real.
/// </summary>
/// <param name="ledger">An empty ledger; what the runs make stays there.</param>
/// <param name="options">What is measured.</param>
/// <param name="progress">Told where it stands.</param>
public sealed class DispatchBenchmark(ILedger ledger, DispatchBenchmarkOptions options, IProgress<DispatchProgress> progress)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs all sizes, one after the other.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">The ledger has jobs, or something was lost.</exception>
    public async Task<IReadOnlyList<DispatchRun>> RunAsync(CancellationToken cancellation = default)
    {
        if ((await ledger.GetJobsAsync(null, 1, null, cancellation).ConfigureAwait(false)).Count > 0)
            throw new InvalidOperationException("the ledger has jobs, expected an empty one: what is measured would mix with them, and stay there");
        foreach (var tenant in options.Tenants.Append(options.Single))
            await ledger.PutTenantAsync(tenant, cancellation).ConfigureAwait(false);
        var cluster = new SimulatedCluster(ledger, TimeProvider.System, options.Cluster);
        await using var disposing = cluster.ConfigureAwait(false);
        progress.Report(new DispatchProgress("starting silos", 0, options.Cluster.Silos));
        await cluster.BeatAsync(cancellation).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hearts = RepeatAsync(() => cluster.BeatAsync(stop.Token), stop.Token);
        var runs = new List<DispatchRun>();
        try
        {
            // Once for nothing: the first call of everything takes its time.
            await RunAsync(cluster, options.Items[0], hearts, cancellation).ConfigureAwait(false);
            foreach (var items in options.Items)
                runs.Add(await RunAsync(cluster, items, hearts, cancellation).ConfigureAwait(false));
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await hearts.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return runs;
    }

    private async Task<DispatchRun> RunAsync(SimulatedCluster cluster, int items, Task hearts, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var each = items / options.Tenants.Count;
        await SubmitAsync(each, cancellation).ConfigureAwait(false);
        items = each * options.Tenants.Count;
        var submitted = watch.Elapsed;

        var before = cluster.Mesh.Count;
        var single = new SingleItem(cluster.Mesh, ledger, options.Single.Name, cluster.Options.Model, before + (items / 4));
        var dispatcher = cluster.AddDispatcher("simulation", options.Dispatch);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (left, most, seconds) = (items + 1, 0, 0.0);
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watch.Restart();
        var submitting = single.SubmitAsync(stop.Token);
        Task[] working = [dispatcher.RunAsync(stop.Token), RepeatAsync(EndAsync, stop.Token)];
        // What works goes on until it is stopped, unless it fails: then there is nothing to wait for.
        await Task.WhenAny([.. working, hearts, Task.WhenAll(finished.Task, submitting)]).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([.. working, submitting]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        foreach (var failed in working.Append(hearts).Append(submitting).Where(t => t.IsFaulted))
            await failed.ConfigureAwait(false);
        if (left > 0)
            throw new InvalidOperationException($"{left} of {items} items did not come to their end");
        var (shares, unfairness) = Shares([.. cluster.Mesh.Sent.Skip(before).Select(s => s.Tenant)], each);
        return new DispatchRun(items, submitted.TotalSeconds, seconds, options.Cluster.Latency.Mean, most, cluster.Window(options.Dispatch), shares, unfairness, single.Overtakers, single.Start.TotalSeconds, single.End.TotalSeconds);

        async Task EndAsync()
        {
            while (true)
            {
                most = Math.Max(most, cluster.Grains.InFlight);
                var ended = await cluster.EndAsync(options.EndBatch, stop.Token).ConfigureAwait(false);
                foreach (var item in ended)
                    single.Ended(item);
                left -= ended.Count;
                progress.Report(new DispatchProgress($"dispatching {items}", items + 1 - left, items + 1));
                if (left == 0 && ended.Count > 0)
                {
                    seconds = watch.Elapsed.TotalSeconds;
                    finished.TrySetResult();
                }
                if (ended.Count < options.EndBatch)
                    return;
            }
        }
    }

    private async Task SubmitAsync(int each, CancellationToken cancellation)
    {
        var done = 0;
        for (var from = 0; from < each; from += options.JobItems)
            foreach (var tenant in options.Tenants)
            {
                var count = Math.Min(options.JobItems, each - from);
                await ledger.SubmitAsync(new Job
                {
                    Tenant = tenant.Name,
                    Model = options.Cluster.Model,
                    Requests = [.. Enumerable.Range(from, count).Select(i => new GenerationRequest { Prompt = "a red circle above a blue square", Seed = (ulong)i })],
                }, cancellation).ConfigureAwait(false);
                progress.Report(new DispatchProgress($"submitting {each * options.Tenants.Count}", done += count, each * options.Tenants.Count));
            }
    }

    // While all wait: until the first of them has nothing left.
    private (Dictionary<string, double> Shares, double Unfairness) Shares(IReadOnlyList<string> sent, int each)
    {
        var given = options.Tenants.ToDictionary(t => t.Name, _ => 0);
        foreach (var tenant in sent.Where(given.ContainsKey))
            if (++given[tenant] == each)
                break;
        var (all, weights) = ((double)given.Values.Sum(), options.Tenants.Sum(t => t.Weight));
        var shares = given.ToDictionary(g => g.Key, g => g.Value / all);
        return (shares, options.Tenants.Max(t => Math.Abs((shares[t.Name] / (t.Weight / weights)) - 1)));
    }

    private static async Task RepeatAsync(Func<Task> work, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick);
        try
        {
            do
                await work().ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It was to end.
        }
    }
}
