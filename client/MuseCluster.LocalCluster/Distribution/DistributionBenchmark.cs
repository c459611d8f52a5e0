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
/// <param name="progress">Told how far it is.</param>
public sealed class DistributionBenchmark(DevelopmentClusterOptions options, MuseModel model, int items, IProgress<(string What, int Done, int Items)>? progress = null)
{
    private const int Singles = 40;

    /// <summary>The silos of the cluster: one a stage.</summary>
    public const string Silos = "text+gateway=1,base=1,superres=1,pixels=1";

    /// <summary>Measures.</summary>
    /// <param name="cancellation">Stops it.</param>
    public async Task<DistributionReport> RunAsync(CancellationToken cancellation)
    {
        var (embedded, _) = await MeasureAsync("one silo", options with
        {
            Folder = Path.Combine(options.Folder, "embedded"),
            Silos = SiloSpec.ParseAll("text+base+superres+pixels+gateway=1")!,
            Mesh = "inprocess",
            Ledger = $"sqlite:{Path.Combine(Path.GetFullPath(options.Folder), "embedded", "ledger.db")}",
            Blobs = Path.Combine(Path.GetFullPath(options.Folder), "embedded", "artifacts"),
        }, cancellation).ConfigureAwait(false);
        var (cluster, alone) = await MeasureAsync("cluster", options with { Folder = Path.Combine(options.Folder, "cluster"), Silos = SiloSpec.ParseAll(Silos)! }, cancellation).ConfigureAwait(false);
        var hops = alone.SelectMany(m => m.Timings.Zip(m.Timings.Skip(1), (from, to) => (to.Received - from.Received).TotalMilliseconds - (1000 * from.Seconds))).Order().ToList();
        return new DistributionReport(items, embedded, cluster, Percentile(hops, 0.5), Percentile(hops, 0.99), Sizes(alone[0]));
    }

    private async Task<(double Rate, List<PictureManifest> Alone)> MeasureAsync(string what, DevelopmentClusterOptions chosen, CancellationToken cancellation)
    {
        await using var cluster = new DevelopmentCluster(chosen);
        progress?.Report((what + ": starting", 0, 0));
        await cluster.StartServersAsync(null, cancellation).ConfigureAwait(false);
        await cluster.StartSilosAsync(null, cancellation).ConfigureAwait(false);
        await using var ledger = await SqlLedger.OpenAsync(cluster.Ledger, TimeProvider.System, cancellation).ConfigureAwait(false);
        var artifacts = ArtifactStores.Open(cluster.Blobs);

        // The first items pay for compilation.
        await RunAsync(ledger, what + ": warming up", 64, 1, cancellation).ConfigureAwait(false);
        var ended = (await RunAsync(ledger, what, items, 2, cancellation).ConfigureAwait(false)).Select(i => i.Ended!.Value).Order().ToList();
        // The middle of the batch: neither its start, with empty stages, nor its end.
        var (first, last) = (ended[items / 4], ended[items * 9 / 10]);
        var alone = new List<PictureManifest>();
        for (var i = 0; i < Singles; i++)
            alone.Add(await ManifestAsync(artifacts, (await RunAsync(ledger, what + ": one at a time", 1, (ulong)(3 + i), cancellation).ConfigureAwait(false))[0], cancellation).ConfigureAwait(false));
        return (((items * 9 / 10) - (items / 4)) / (last - first).TotalSeconds, alone);
    }

    private async Task<IReadOnlyList<ItemStatus>> RunAsync(SqlLedger ledger, string what, int count, ulong seed, CancellationToken cancellation)
    {
        var job = new Job
        {
            Tenant = Tenant.Default,
            Model = model.Manifest.Name,
            Requests = [.. Enumerable.Range(0, count).Select(i => GenerationRequest.From(string.Create(CultureInfo.InvariantCulture, $"a red circle above a blue square"), seed, model.Manifest.Defaults) with { Picture = (uint)i })],
        };
        await ledger.SubmitAsync(job, cancellation).ConfigureAwait(false);
        while (true)
        {
            var status = (await ledger.GetJobAsync(job.Id, cancellation).ConfigureAwait(false))!;
            progress?.Report((what, status.Done, count));
            if (status.Failed > 0)
                throw new InvalidOperationException($"an item failed: {(await ledger.GetItemsAsync(job.Id, 0, count, cancellation).ConfigureAwait(false)).First(i => i.State == ItemState.Failed).Reason}");
            if (status.Ended)
                return await ledger.GetItemsAsync(job.Id, 0, count, cancellation).ConfigureAwait(false);
            await Task.Delay(count == 1 ? 20 : 200, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<PictureManifest> ManifestAsync(IArtifactStore artifacts, ItemStatus item, CancellationToken cancellation)
    {
        await using var artifact = await artifacts.OpenAsync(ArtifactName.Parse(item.Result!), cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException($"{item.Result} is missing");
        return PictureManifest.Parse(await artifact.ReadAllAsync(cancellation).ConfigureAwait(false));
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
