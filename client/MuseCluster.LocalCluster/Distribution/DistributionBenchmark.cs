using System.Globalization;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.LocalCluster.Silos;
using MuseCluster.Models;

namespace MuseCluster.LocalCluster.Distribution;

/// <summary>What it costs to spread the stages over processes: the same batch through one silo with everything in it, and through a cluster on the same machine.</summary>
/// <param name="options">Folder, program and model; its silos and servers are chosen here.</param>
/// <param name="model">The model, for the sizes of messages.</param>
/// <param name="items">Items of each batch.</param>
/// <param name="rounds">Batches through each.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class DistributionBenchmark(DevelopmentClusterOptions options, MuseModel model, int items, int rounds, IProgress<(string What, int Done, int Items)>? progress = null)
{
    private const int Singles = 40;

    /// <summary>The silos of the cluster: one a stage.</summary>
    public const string Silos = "text+gateway=1,base=1,superres=1,pixels=1";

    /// <summary>Measures, one arrangement after the other and again: what else the machine does then falls on all.</summary>
    /// <param name="cancellation">Stops it.</param>
    public async Task<DistributionReport> RunAsync(CancellationToken cancellation)
    {
        var root = Path.GetFullPath(options.Folder);
        var spread = options with { Folder = Path.Combine(root, "azurite"), Silos = SiloSpec.ParseAll(Silos)! };
        await using var azurite = await StartAsync("cluster with Azurite", spread, cancellation).ConfigureAwait(false);
        var alone = new List<PictureManifest>();
        for (var i = 0; i < Singles; i++)
            alone.Add(await azurite.ManifestAsync((await RunAsync(azurite, "one at a time", 1, (ulong)(1000 + i), cancellation).ConfigureAwait(false))[0], cancellation).ConfigureAwait(false));
        var hops = alone.SelectMany(m => m.Timings.Zip(m.Timings.Skip(1), (from, to) => (to.Received - from.Received).TotalMilliseconds - (1000 * from.Seconds))).Order().ToList();

        await using var cluster = await StartAsync("cluster", spread with { Folder = Path.Combine(root, "cluster"), Blobs = Path.Combine(root, "cluster", "artifacts") }, cancellation).ConfigureAwait(false);
        await using var embedded = await StartAsync("one silo", options with
        {
            Folder = Path.Combine(root, "embedded"),
            Silos = SiloSpec.ParseAll("text+base+superres+pixels+gateway=1")!,
            Mesh = "inprocess",
            Ledger = $"sqlite:{Path.Combine(root, "embedded", "ledger.db")}",
            Blobs = Path.Combine(root, "embedded", "artifacts"),
        }, cancellation).ConfigureAwait(false);
        var rates = new List<DistributionRound>();
        for (var round = 1; round <= rounds; round++)
            rates.Add(new DistributionRound(
                await RateAsync(embedded, round, cancellation).ConfigureAwait(false),
                await RateAsync(cluster, round, cancellation).ConfigureAwait(false),
                await RateAsync(azurite, round, cancellation).ConfigureAwait(false)));
        return new DistributionReport(items, rates, Percentile(hops, 0.5), Percentile(hops, 0.99), Sizes(alone[0]));
    }

    private async Task<Arrangement> StartAsync(string name, DevelopmentClusterOptions chosen, CancellationToken cancellation)
    {
        progress?.Report((name + ": starting", 0, 0));
        var arrangement = await Arrangement.StartAsync(name, chosen, cancellation).ConfigureAwait(false);
        // The first items pay for compilation.
        await RunAsync(arrangement, "warming up", Math.Min(items, 200), 0, cancellation).ConfigureAwait(false);
        return arrangement;
    }

    // Pictures per second in the middle of a batch: neither its start, with empty stages, nor its end.
    private async Task<double> RateAsync(Arrangement arrangement, int round, CancellationToken cancellation)
    {
        var batch = await RunAsync(arrangement, $"round {round} of {rounds}", items, (ulong)round, cancellation).ConfigureAwait(false);
        var ended = batch.Select(i => i.Ended!.Value).Order().ToList();
        var (first, last) = (items / 4, items * 9 / 10);
        return (last - first) / (ended[last] - ended[first]).TotalSeconds;
    }

    private async Task<IReadOnlyList<ItemStatus>> RunAsync(Arrangement arrangement, string what, int count, ulong seed, CancellationToken cancellation)
    {
        var job = new Job
        {
            Tenant = Tenant.Default,
            Model = model.Manifest.Name,
            Requests = [.. Enumerable.Range(0, count).Select(i => GenerationRequest.From(string.Create(CultureInfo.InvariantCulture, $"a red circle above a blue square"), seed, model.Manifest.Defaults) with { Picture = (uint)i })],
        };
        await arrangement.Ledger.SubmitAsync(job, cancellation).ConfigureAwait(false);
        while (true)
        {
            var status = (await arrangement.Ledger.GetJobAsync(job.Id, cancellation).ConfigureAwait(false))!;
            progress?.Report(($"{arrangement.Name}: {what}", status.Done, count));
            if (status.Failed > 0)
                throw new InvalidOperationException($"an item failed: {(await arrangement.Ledger.GetItemsAsync(job.Id, 0, count, cancellation).ConfigureAwait(false)).First(i => i.State == ItemState.Failed).Reason}");
            if (status.Ended)
                return await arrangement.Ledger.GetItemsAsync(job.Id, 0, count, cancellation).ConfigureAwait(false);
            await Task.Delay(count == 1 ? 20 : 200, cancellation).ConfigureAwait(false);
        }
    }

    // What the mesh carries to each stage, encoded as it is on the wire.
    private IReadOnlyDictionary<string, int> Sizes(PictureManifest manifest)
    {
        var item = new Item(manifest.Item, manifest.Tenant, manifest.Model, PriorityClass.Batch, manifest.Request, manifest.Attempt);
        using var embedding = new PictureFactory(model).Encode(manifest.Request.Prompt);
        var text = Cluster.Grains.EncodedTexts.Encode(embedding);
        var message = new StageMessage { Item = item };
        var sizes = new Dictionary<string, int> { ["text"] = Size(message) };
        message = message with { Prompt = text, Negative = text, Timings = [.. manifest.Timings.Take(1)] };
        sizes["base"] = Size(message);
        message = message with { BaseGrid = manifest.BaseGrid.Codes, Timings = [.. manifest.Timings.Take(2)] };
        if (manifest.SuperresGrid is { } fine)
        {
            sizes["superres"] = Size(message);
            message = message with { SuperresGrid = fine.Codes, Timings = [.. manifest.Timings.Take(3)] };
        }
        sizes["pixels"] = Size(message with { Prompt = null, Negative = null });
        return sizes;
    }

    private static int Size(StageMessage message) => StageMessageCodec.Encode(message).Length;

    private static double Percentile(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];
}
