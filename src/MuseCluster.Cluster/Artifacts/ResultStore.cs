using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Generation.Pictures;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>.</summary>
public sealed class ResultStore
{
    /// <summary>.</summary>
    public Task<Outcome> WriteAsync(StageMessage message, Picture picture, ModelManifest model, CancellationToken cancellation) => throw new NotSupportedException();
}
