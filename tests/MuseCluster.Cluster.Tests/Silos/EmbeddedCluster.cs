using Microsoft.Extensions.Logging.Abstractions;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Grains;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Tests.Servers;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Torch;

namespace MuseCluster.Cluster.Tests.Silos;

/// <summary>The repository's model, loaded once for the tests that decode with it.</summary>
public sealed class ShapesModel : IDisposable
{
    public MuseModel Model { get; } = MuseModel.Load(Path.Combine(TestFolder.Repository, "models", "shapes"), torch.CPU);

    public void Dispose() => Model.Dispose();

    /// <summary>A request of few steps.</summary>
    public GenerationRequest Request(string prompt, ulong seed, int steps = 4) =>
        GenerationRequest.From(prompt, seed, Model.Manifest.Defaults) with { Steps = steps, SrSteps = 2 };

    /// <summary>The files that `muse generate` writes for requests.</summary>
    public IReadOnlyList<byte[]> Files(IReadOnlyList<GenerationRequest> requests)
    {
        using var pipeline = new TextToImagePipeline(Model);
        return [.. pipeline.Generate(requests).Select(p => PictureParameters.Encode(p.Picture, PictureParameters.Of(p.Request, Model.Manifest)))];
    }
}

[CollectionDefinition(Name)]
public sealed class ShapesCollection : ICollectionFixture<ShapesModel>
{
    public const string Name = "shapes";
}

/// <summary>A ledger in a file, a folder of artifacts, and a mesh within the process, which can be lost and begun anew.</summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-embedded-").FullName;
    private readonly ShapesModel _shapes;

    private EmbeddedCluster(ShapesModel shapes) => _shapes = shapes;

    public SqlLedger Ledger { get; private set; } = null!;

    public IArtifactStore Artifacts { get; private set; } = null!;

    public InProcessMesh Mesh { get; private set; } = new();

    public static async Task<EmbeddedCluster> StartAsync(ShapesModel shapes)
    {
        var cluster = new EmbeddedCluster(shapes);
        cluster.Artifacts = new FolderArtifacts(Path.Combine(cluster._folder, "artifacts"));
        await cluster.Artifacts.PrepareAsync();
        cluster.Ledger = await SqlLedger.OpenAsync($"sqlite:{Path.Combine(cluster._folder, "ledger.db")}", TimeProvider.System);
        return cluster;
    }

    /// <summary>A silo with every role, or some; on the cluster's mesh and its artifacts, or others.</summary>
    public async Task<SiloHost> StartSiloAsync(Func<SiloOptions, SiloOptions>? change = null, IMesh? mesh = null, IArtifactStore? artifacts = null)
    {
        var options = new SiloOptions
        {
            Name = $"silo-{Guid.NewGuid():N}",
            Grain = new GrainOptions { RenewEvery = TimeSpan.FromMilliseconds(100), DrainFor = TimeSpan.Zero, ProgressEvery = TimeSpan.Zero, BatchProgressEvery = TimeSpan.Zero },
            Dispatch = new DispatchOptions { Poll = TimeSpan.FromMilliseconds(10), Term = TimeSpan.FromMilliseconds(600) },
        };
        options = change?.Invoke(options) ?? options;
        var silo = new SiloHost(options, new Dictionary<string, MuseModel> { ["shapes"] = _shapes.Model }, Ledger, mesh ?? Mesh, artifacts ?? Artifacts, TimeProvider.System, NullLoggerFactory.Instance);
        await silo.StartAsync();
        return silo;
    }

    /// <summary>What the end of its process does to a silo: its mesh is gone, and everything in it.</summary>
    public async Task CrashAsync(SiloHost silo)
    {
        await silo.DisposeAsync();
        await Mesh.DisposeAsync();
        Mesh = new InProcessMesh();
        await Ledger.EndLeasesAsync();
    }

    public async Task<Job> SubmitAsync(params GenerationRequest[] requests)
    {
        var job = new Job { Tenant = "ada", Model = "shapes", Requests = requests };
        Assert.True(await Ledger.SubmitAsync(job));
        return job;
    }

    /// <summary>Waits for a job's state.</summary>
    public async Task<JobStatus> WaitAsync(Job job, Func<JobStatus, bool>? until = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var status = (await Ledger.GetJobAsync(job.Id, patience.Token))!;
            if (until?.Invoke(status) ?? status.Ended)
                return status;
            await Task.Delay(10, patience.Token);
        }
    }

    public async Task<byte[]> FileAsync(Job job, int index)
    {
        await using var artifact = await Artifacts.OpenAsync(ArtifactName.Picture(job.Tenant, new ItemId(job.Id, index)));
        return await artifact!.ReadAllAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        await Ledger.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
