using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Orleans;

/// <summary>The mesh of silos that are one Orleans cluster; its membership is in the ledger's database, where that is PostgreSQL.</summary>
public sealed class OrleansEngine : IMeshEngine
{
    /// <summary>How the setting begins.</summary>
    public const string Scheme = "orleans";

    /// <summary>Whether this build has it.</summary>
    public static bool IsBuilt => true;

    /// <inheritdoc/>
    public string Form => "orleans, or orleans://HOST[:PORT][/CLUSTER]";

    /// <inheritdoc/>
    public bool Takes(string mesh) => mesh == Scheme || mesh.StartsWith(Scheme + "://", StringComparison.Ordinal);

    /// <inheritdoc/>
    public Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place)
    {
        var options = OrleansOptions.Parse(place.Mesh, place.Silo, place.Postgres) with
        {
            Stages = place.Stages,
            Gateway = place.Gateway,
            Capacity = place.Capacity,
        };
        return models => new OrleansMesh(options with { Models = models }, TimeProvider.System, place.Loggers);
    }
}
