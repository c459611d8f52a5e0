using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Memory;
using MuseCluster.Silo.Configuration;
using MuseCluster.Torch;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Hosting;

/// <summary>What a silo works with, opened: ledger, mesh, artifact store, models.</summary>
public sealed class SiloResources : IAsyncDisposable
{
    private readonly Dictionary<string, MuseModel> _models = new(StringComparer.Ordinal);

    private SiloResources(SqlLedger ledger, IMesh mesh, IArtifactStore artifacts) => (Ledger, Mesh, Artifacts) = (ledger, mesh, artifacts);

    /// <summary>The ledger.</summary>
    public SqlLedger Ledger { get; }

    /// <summary>The mesh.</summary>
    public IMesh Mesh { get; }

    /// <summary>The artifact store.</summary>
    public IArtifactStore Artifacts { get; }

    /// <summary>The models by name, with the parts that the silo's stages need.</summary>
    public IReadOnlyDictionary<string, MuseModel> Models => _models;

    /// <summary>Opens all; waits for servers that are not there yet.</summary>
    /// <param name="settings">Where they are.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The resources; the caller disposes them.</returns>
    /// <exception cref="SiloConfigurationException">A model or a connection is wrong; each is named.</exception>
    public static async Task<SiloResources> OpenAsync(SiloSettings settings, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var folders = Folders(settings, problems);
        var artifacts = Try(() => ArtifactStores.Open(settings.Blobs), "blobs", problems);
        var postgres = Try(() => SqlLedger.PostgresKeys(settings.Ledger), "ledger", problems);
        var open = Try(() => MeshEngines.Prepare(settings.Place(postgres, loggers)), "mesh", problems);
        if (problems.Count > 0)
            throw new SiloConfigurationException(problems);

        var patience = new Patience(time, loggers.CreateLogger<SiloResources>());
        var ledger = await patience.WaitAsync<SqlLedger, LedgerException>("the ledger", async () => await SqlLedger.OpenAsync(settings.Ledger, time, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        SiloResources? resources = null;
        try
        {
            await patience.WaitAsync<bool, ArtifactException>("the artifact store", async () =>
            {
                await artifacts!.PrepareAsync(cancellation).ConfigureAwait(false);
                return true;
            }, cancellation).ConfigureAwait(false);
            // What an earlier process carried went with it.
            if (settings.Mesh == InProcessEngine.Name)
                await ledger.EndLeasesAsync(cancellation).ConfigureAwait(false);
            // It joins while models load.
            resources = new SiloResources(ledger, open!([.. folders.Keys]), artifacts!);
            resources.LoadModels(settings, folders);
            await patience.WaitAsync<bool, MeshException>("the mesh", async () =>
            {
                await resources.Mesh.DeclareAsync(StageAddress.Of(resources.Models.Keys), cancellation).ConfigureAwait(false);
                return true;
            }, cancellation).ConfigureAwait(false);
            return resources;
        }
        catch
        {
            await (resources?.DisposeAsync() ?? ledger.DisposeAsync()).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync().ConfigureAwait(false);
        await Ledger.DisposeAsync().ConfigureAwait(false);
        foreach (var model in _models.Values)
            model.Dispose();
    }

    // By the names that they call themselves.
    private static Dictionary<string, string> Folders(SiloSettings settings, List<string> problems)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var model in settings.Models)
        {
            string[] places = [model, Path.Combine(settings.ModelFolder, model)];
            if (Array.Find(places, p => File.Exists(Path.Combine(p, ModelManifest.FileName))) is not { } folder)
                problems.Add($"models: there is no model '{model}'; expected a folder with {ModelManifest.FileName}, looked in {string.Join(" and ", places.Select(Path.GetFullPath))}");
            else if (TryModel(() => ModelManifest.Load(folder).Name, problems) is { } name && !folders.TryAdd(name, folder))
                problems.Add($"models: {folder} calls itself {name}, as another one does; expected models of different names");
        }
        return folders;
    }

    private void LoadModels(SiloSettings settings, Dictionary<string, string> folders)
    {
        torch.set_num_threads(settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount);
        var problems = new List<string>();
        var parts = SiloHost.Parts(settings.Stages) | (settings.Gateway ? ModelParts.Pixels | ModelParts.Preview : ModelParts.None);
        foreach (var (name, folder) in folders)
            if (TryModel(() => MuseModel.Load(folder, new torch.Device(settings.Device), parts), problems) is { } model)
            {
                _models.Add(name, model);
                CheckDefaults(model.Manifest, problems);
            }
        if (problems.Count > 0)
            throw new SiloConfigurationException(problems);
    }

    // A request that leaves everything to the model must not fail for what the model says.
    private static void CheckDefaults(ModelManifest manifest, List<string> problems)
    {
        var file = manifest.PathOf(ModelManifest.FileName);
        try
        {
            problems.AddRange(GenerationRequest.From("", 0, manifest.Defaults).Problems().Select(p => $"models: {file}: defaults: {p.Field} {p.Problem}"));
        }
        catch (FormatException e)
        {
            problems.Add($"models: {file}: defaults: {e.Message}");
        }
    }

    private static T? TryModel<T>(Func<T> load, List<string> problems)
        where T : class
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is FormatException or TorchException or ModelMemoryException)
        {
            problems.Add($"models: {e.Message}");
            return null;
        }
    }

    private static T? Try<T>(Func<T?> open, string setting, List<string> problems)
        where T : class
    {
        try
        {
            return open();
        }
        catch (ArgumentException e)
        {
            problems.Add($"{setting}: {e.Message}");
            return null;
        }
    }
}
