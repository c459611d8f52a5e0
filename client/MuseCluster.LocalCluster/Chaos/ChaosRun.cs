using System.Diagnostics;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Models;

namespace MuseCluster.LocalCluster.Chaos;

/// <summary>How far a chaos run is.</summary>
/// <param name="Ended">Items that have ended.</param>
/// <param name="Items">Items so far.</param>
/// <param name="Doing">What is being done.</param>
public readonly record struct ChaosProgress(int Ended, int Items, string Doing);

/// <summary>Runs work through a cluster while everything breaks, then checks that nothing shows.</summary>
/// <param name="cluster">The cluster, with its servers started and its silos not.</param>
/// <param name="model">The model.</param>
/// <param name="options">How much goes wrong.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class ChaosRun(DevelopmentCluster cluster, MuseModel model, ChaosOptions options, IProgress<ChaosProgress>? progress = null)
{
    private readonly List<ChaosItems> _rounds = [];
    private readonly Dictionary<ItemId, string> _expected = [];
    private string _doing = "";

    /// <summary>Flags that silos of a chaos run get: leases are short, so that what is lost comes back soon.</summary>
    public static IReadOnlyList<string> SiloFlags { get; } = ["--lease", "10", "--drain", "5", "--threads", "1", "--max-attempts", "30"];

    /// <summary>Flags of each start: faults that the silo makes by itself, others with every start.</summary>
    /// <param name="seed">From which they are drawn.</param>
    public static Func<IReadOnlyList<string>> Faults(int seed)
    {
        var starts = 0;
        return () => ["--faults", new FaultOptions { Seed = seed + Interlocked.Increment(ref starts), Crash = 0.0005, Duplicate = 0.02, Delay = 0.05, Poison = true }.ToString()];
    }

    /// <summary>Runs it.</summary>
    /// <param name="cancellation">Stops it.</param>
    public async Task<ChaosReport> RunAsync(CancellationToken cancellation)
    {
        await using var ledger = await SqlLedger.OpenAsync(cluster.Ledger, TimeProvider.System, cancellation).ConfigureAwait(false);
        var monkey = new ChaosMonkey(cluster, options, deed => _doing = deed);
        using var disturbing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var supervising = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var clock = Stopwatch.StartNew();
        await SubmitAsync(ledger, cancellation).ConfigureAwait(false);
        var supervision = monkey.SuperviseAsync(supervising.Token);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var disturbance = UntilItFailsAsync(monkey.DisturbAsync(disturbing.Token), waiting);
        try
        {
            await WaitAsync(ledger, clock, waiting.Token).ConfigureAwait(false);
        }
        finally
        {
            await disturbing.CancelAsync().ConfigureAwait(false);
            await disturbance.ConfigureAwait(false);
            await supervising.CancelAsync().ConfigureAwait(false);
            await supervision.ConfigureAwait(false);
        }
        _doing = "checking";
        var report = await CheckAsync(ledger, ArtifactStores.Open(cluster.Blobs), cancellation).ConfigureAwait(false);
        return report with { Seconds = clock.Elapsed.TotalSeconds, Disturbances = monkey.Deeds };
    }

    // A server that does not come back would be waited for in vain.
    private static async Task UntilItFailsAsync(Task disturbance, CancellationTokenSource waiting)
    {
        try
        {
            await disturbance.ConfigureAwait(false);
        }
        catch
        {
            await waiting.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task SubmitAsync(SqlLedger ledger, CancellationToken cancellation)
    {
        var items = ChaosItems.Draw(options, _rounds.Count, model);
        _rounds.Add(items);
        _doing = "making undisturbed pictures";
        var count = _expected.Count;
        foreach (var (id, hash) in items.Undisturbed(model, new Relay<int>(made => progress?.Report(new ChaosProgress(count + made, count + options.Items, _doing))), cancellation))
            _expected[id] = hash;
        foreach (var job in items.Jobs)
            await RetryAsync(() => ledger.SubmitAsync(job, cancellation), cancellation).ConfigureAwait(false);
    }

    private async Task WaitAsync(SqlLedger ledger, Stopwatch clock, CancellationToken cancellation)
    {
        var (most, since) = (-1, Stopwatch.StartNew());
        while (true)
        {
            var jobs = await JobsAsync(ledger, cancellation).ConfigureAwait(false);
            var ended = jobs.Sum(j => j.Done + j.Failed + j.Cancelled);
            progress?.Report(new ChaosProgress(ended, jobs.Sum(j => j.Items), _doing));
            if (jobs.All(j => j.Ended))
            {
                if (clock.Elapsed >= options.Length)
                    return;
                await SubmitAsync(ledger, cancellation).ConfigureAwait(false);
            }
            if (ended > most)
                (most, since) = (ended, Stopwatch.StartNew());
            else if (since.Elapsed > options.Patience)
                return;
            await Task.Delay(500, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<List<JobStatus>> JobsAsync(SqlLedger ledger, CancellationToken cancellation)
    {
        var jobs = new List<JobStatus>();
        foreach (var job in _rounds.SelectMany(r => r.Jobs))
            jobs.Add((await RetryAsync(() => ledger.GetJobAsync(job.Id, cancellation), cancellation).ConfigureAwait(false))!);
        return jobs;
    }

    private async Task<ChaosReport> CheckAsync(SqlLedger ledger, IArtifactStore artifacts, CancellationToken cancellation)
    {
        var items = new List<ItemStatus>();
        foreach (var job in _rounds.SelectMany(r => r.Jobs))
            items.AddRange(await ledger.GetItemsAsync(job.Id, 0, job.Requests.Count, cancellation).ConfigureAwait(false));
        var (identical, different) = (0, new List<string>());
        var done = items.Where(i => i.State == ItemState.Done).ToList();
        foreach (var item in done.Where(i => _expected.ContainsKey(i.Item.Id)))
            if (await DifferenceAsync(item, artifacts, cancellation).ConfigureAwait(false) is { } difference)
                different.Add(difference);
            else
                identical++;
        var stored = 0;
        foreach (var tenant in items.Select(i => i.Item.Tenant).Distinct())
            await foreach (var _ in artifacts.ListAsync(tenant, "", cancellation).ConfigureAwait(false))
                stored++;
        return new ChaosReport
        {
            Items = items.Count,
            Attempts = items.Sum(i => i.Item.Attempt),
            Acknowledged = items.Count(i => i.State is ItemState.Done or ItemState.Failed),
            Lost = items.Count(i => i.State is ItemState.Queued or ItemState.Running),
            Duplicated = stored - (2 * done.Count),
            Recovered = items.Count(i => i.Item.Attempt > 1 && i.State == ItemState.Done),
            FailedGood = [.. items.Where(i => i.State == ItemState.Failed && _expected.ContainsKey(i.Item.Id)).Select(i => $"{i.Item.Id}: {i.Reason}")],
            FailedPoison = items.Count(i => i.State == ItemState.Failed && !_expected.ContainsKey(i.Item.Id) && i.Reason is { Length: > 0 }),
            DonePoison = items.Count(i => i.State == ItemState.Done && !_expected.ContainsKey(i.Item.Id)),
            Identical = identical,
            Different = different,
        };
    }

    private async Task<string?> DifferenceAsync(ItemStatus item, IArtifactStore artifacts, CancellationToken cancellation)
    {
        var id = item.Item.Id;
        if (item.Result is not { } result || await artifacts.OpenAsync(ArtifactName.Parse(result), cancellation).ConfigureAwait(false) is not { } stored)
            return $"{id}: done without a manifest";
        PictureManifest manifest;
        await using (stored)
            manifest = PictureManifest.Parse(await stored.ReadAllAsync(cancellation).ConfigureAwait(false));
        await using var picture = await artifacts.OpenAsync(ArtifactName.Parse(manifest.Picture.Artifact), cancellation).ConfigureAwait(false);
        if (picture is null)
            return $"{id}: the picture is missing";
        // Reading to the end checks the bytes against their checksum.
        await picture.ReadAllAsync(cancellation).ConfigureAwait(false);
        return picture.Sha256 == _expected[id] && manifest.Picture.Sha256 == _expected[id] ? null : $"{id}: the picture is another than that of an undisturbed run";
    }

    // The ledger is among what is disturbed.
    private static async Task<T> RetryAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        while (true)
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (LedgerException)
            {
                await Task.Delay(200, cancellation).ConfigureAwait(false);
            }
    }
}
