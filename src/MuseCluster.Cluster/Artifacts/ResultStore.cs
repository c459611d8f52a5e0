using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Keeps the results of a model's items: the picture, then its manifest, each once. Only the manifest makes a result; the
/// first that is written counts, whichever attempts had come how far.
/// </summary>
public sealed class ResultStore
{
    private const string PictureType = "image/png";

    private static readonly string Version =
        typeof(ResultStore).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly IArtifactStore _artifacts;
    private readonly ModelManifest _model;
    private readonly TimeProvider _time;
    private readonly string _weights;

    /// <summary>A store of results.</summary>
    /// <param name="artifacts">Where they go.</param>
    /// <param name="model">The model that makes the pictures.</param>
    /// <param name="time">Says when; the system's where null.</param>
    public ResultStore(IArtifactStore artifacts, ModelManifest model, TimeProvider? time = null)
    {
        (_artifacts, _model, _time) = (artifacts, model, time ?? TimeProvider.System);
        _weights = PictureParameters.Weights(model);
    }

    /// <summary>Keeps a result. May be repeated, also by other processes at the same time; the result stays the first one.</summary>
    /// <param name="message">The item with its grids and timings.</param>
    /// <param name="picture">Its picture.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>That the item is done, for the ledger.</returns>
    /// <exception cref="ArtifactException">The artifact store failed; trying again is safe.</exception>
    /// <exception cref="ArgumentException">The message has no base grid.</exception>
    public async Task<Outcome> WriteAsync(StageMessage message, Picture picture, CancellationToken cancellation = default)
    {
        var item = message.Item;
        var grid = message.BaseGrid ?? throw new ArgumentException($"Item {item.Id} comes without its base grid.", nameof(message));
        var name = ArtifactName.Manifest(item.Tenant, item.Id);
        if (await WritePictureAsync(item, picture, name, cancellation).ConfigureAwait(false) is { } file)
        {
            var manifest = new PictureManifest(
                PictureManifest.CurrentVersion,
                item.Id,
                item.Tenant,
                _model.Name,
                _weights,
                item.Request,
                item.Attempt,
                message.Timings,
                file,
                TokenGrid.Of(grid, (picture.Width, picture.Height)),
                message.SuperresGrid is { Length: > 0 } fine ? TokenGrid.Of(fine, (picture.Width, picture.Height)) : null,
                _time.GetUtcNow(),
                Version);
            FaultPoint.Reach(FaultPoint.PictureStored);
            await _artifacts.WriteAsync(name, new MemoryStream(manifest.ToJson()), PictureManifest.ContentType, cancellation).ConfigureAwait(false);
        }
        return Outcome.Done(item.Id, name.Path) with
        {
            Steps = item.Request.Steps + (message.SuperresGrid is null ? 0 : item.Request.SrSteps),
            DeviceSeconds = message.Timings.Sum(t => t.DeviceSeconds),
        };
    }

    // Another attempt, on another machine, may have made other tokens up to rounding. Its picture is not the one that our
    // manifest describes, and it may be about to write its own: each keeps its file, and the manifests' race decides. Null
    // where that is over.
    private async Task<PictureFile?> WritePictureAsync(Item item, Picture picture, ArtifactName manifest, CancellationToken cancellation)
    {
        var png = PictureParameters.Encode(picture, PictureParameters.Of(item.Request, _model));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(png));
        var name = ArtifactName.Picture(item.Tenant, item.Id);
        if (!await WriteAsync(name).ConfigureAwait(false) && !await HasAsync(name).ConfigureAwait(false))
        {
            if (await _artifacts.ExistsAsync(manifest, cancellation).ConfigureAwait(false))
                return null;
            name = ArtifactName.Of(item.Tenant, item.Id.Job.ToString("N"), string.Create(CultureInfo.InvariantCulture, $"{item.Id.Index:D6}-{sha256}.png"));
            await WriteAsync(name).ConfigureAwait(false);
        }
        return new PictureFile(name.Path, sha256, picture.Width, picture.Height);

        Task<bool> WriteAsync(ArtifactName file) => _artifacts.WriteAsync(file, new MemoryStream(png), PictureType, cancellation);

        async Task<bool> HasAsync(ArtifactName file)
        {
            if (await _artifacts.OpenAsync(file, cancellation).ConfigureAwait(false) is not { } there)
                return false;
            await using (there.ConfigureAwait(false))
                return there.Sha256 == sha256;
        }
    }
}
