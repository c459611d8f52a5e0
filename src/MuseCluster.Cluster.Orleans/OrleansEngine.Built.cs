using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Orleans;

/// <content>With Orleans: the cluster's membership is in the ledger's database, where that is PostgreSQL.</content>
public sealed partial class OrleansEngine
{
    /// <summary>Whether this build has it.</summary>
    public static bool IsBuilt => true;

    /// <inheritdoc/>
    public string Form => "orleans, or orleans://HOST[:PORT][/CLUSTER]";

    /// <inheritdoc/>
    public Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place)
    {
        var options = OrleansOptions.Parse(place.Mesh, place.Silo, place.Postgres) with { Stages = place.Stages, Gateway = place.Gateway, Capacity = place.Capacity };
        return models => new OrleansMesh(options with { Models = models }, TimeProvider.System, place.Loggers);
    }
}
