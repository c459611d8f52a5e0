using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Models;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Images;
using MuseCluster.Silo.Api.Jobs;

namespace MuseCluster.Silo.Api;

/// <summary>What the routes work with, once the silo serves.</summary>
/// <param name="Ledger">The ledger, of work and of tenants.</param>
/// <param name="Mesh">The mesh.</param>
/// <param name="Artifacts">The artifact store.</param>
/// <param name="Models">The models by name, in the order they were given, with what previews need.</param>
/// <param name="Time">Time.</param>
/// <param name="Started">When the silo began to serve.</param>
/// <param name="Events">What happens to items.</param>
/// <param name="Urls">Signs the URLs of artifacts.</param>
/// <param name="Previews">Draws partial grids.</param>
internal sealed record Gateway(
    SqlLedger Ledger, IMesh Mesh, IArtifactStore Artifacts, IReadOnlyDictionary<string, MuseModel> Models, TimeProvider Time, DateTimeOffset Started, ItemEvents Events, SignedUrls Urls, Previews Previews)
{
    /// <summary>Pictures of items that are done.</summary>
    public Pictures Pictures { get; } = new(Artifacts);

    /// <summary>A model that was asked for by name.</summary>
    /// <param name="name">The name; the first model where it is null.</param>
    /// <param name="param">The field that names it.</param>
    /// <exception cref="ApiException">There is none of that name.</exception>
    public MuseModel Model(string? name, string param = "model") =>
        name is null ? Models.Values.First()
        : Models.TryGetValue(name, out var model) ? model
        : throw ApiException.NotFound($"model '{(name.Length > 80 ? name[..80] + "..." : name)}'; expected one of {string.Join(", ", Models.Keys)}", param, "model_not_found");
}
