using System.Globalization;
using System.Security.Cryptography;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.LocalCluster.Chaos;

/// <summary>The work of a round: jobs of several tenants, some items of which are poison, and what the pictures have to be.</summary>
/// <param name="Jobs">The jobs.</param>
public sealed record ChaosItems(IReadOnlyList<Job> Jobs)
{
    private static readonly string[] Colours = ["red", "green", "blue", "yellow", "purple", "white"];
    private static readonly string[] Shapes = ["circle", "square", "triangle", "ring", "cross", "diamond"];

    /// <summary>Draws a round.</summary>
    /// <param name="options">How many of what.</param>
    /// <param name="round">Which round.</param>
    /// <param name="model">The model.</param>
    public static ChaosItems Draw(ChaosOptions options, int round, MuseModel model)
    {
        var random = new Random(options.Seed + (round * 7919));
        var requests = Enumerable.Range(0, options.Items).Select(i =>
        {
            var prompt = $"a {Colours[random.Next(Colours.Length)]} {Shapes[random.Next(Shapes.Length)]}";
            // Most poison throws; some takes the silo with it.
            if (options.PoisonOneIn > 0 && i % options.PoisonOneIn == options.PoisonOneIn / 2)
                prompt = $"{(i / options.PoisonOneIn % 5 == 0 ? FaultyWork.Crashes : FaultyWork.Throws)} {prompt}";
            return GenerationRequest.From(prompt, (ulong)random.NextInt64(), model.Manifest.Defaults) with { Steps = options.Steps, SrSteps = options.SrSteps };
        }).ToList();
        return new ChaosItems([.. requests.Select((r, i) => (Request: r, Tenant: i % options.Tenants)).GroupBy(r => r.Tenant).Select(tenant => new Job
        {
            Tenant = string.Create(CultureInfo.InvariantCulture, $"tenant-{tenant.Key + 1}"),
            Model = model.Manifest.Name,
            Class = tenant.Key == 0 ? PriorityClass.Interactive : PriorityClass.Batch,
            Requests = [.. tenant.Select(r => r.Request)],
        })]);
    }

    /// <summary>Whether an item is to fail.</summary>
    /// <param name="request">The item's request.</param>
    public static bool IsPoison(GenerationRequest request) => request.Prompt.StartsWith("poison", StringComparison.Ordinal);

    /// <summary>Makes the pictures undisturbed, in this process, without any cluster.</summary>
    /// <param name="model">The model.</param>
    /// <param name="progress">Told how many are made.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>SHA-256 of each good item's PNG file.</returns>
    public IReadOnlyDictionary<ItemId, string> Undisturbed(MuseModel model, IProgress<int>? progress, CancellationToken cancellation)
    {
        var good = Jobs.SelectMany(job => job.Requests.Select((request, i) => (Id: new ItemId(job.Id, i), Request: request))).Where(i => !IsPoison(i.Request)).ToList();
        var hashes = new Dictionary<ItemId, string>();
        using var pipeline = new TextToImagePipeline(model);
        foreach (var chunk in good.Chunk(64))
        {
            var pictures = pipeline.Generate([.. chunk.Select(i => i.Request)], null, cancellation);
            foreach (var ((id, request), picture) in chunk.Zip(pictures))
                hashes[id] = Convert.ToHexStringLower(SHA256.HashData(PictureParameters.Encode(picture.Picture, PictureParameters.Of(request, model.Manifest))));
            progress?.Report(hashes.Count);
        }
        return hashes;
    }
}
