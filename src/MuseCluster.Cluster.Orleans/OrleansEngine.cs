using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Orleans;

/// <summary>The mesh of silos that are one Orleans cluster, in builds that have Orleans; the others say how to get it.</summary>
public sealed partial class OrleansEngine : IMeshEngine
{
    /// <summary>How the setting begins.</summary>
    public const string Scheme = "orleans";

    /// <inheritdoc/>
    public bool Takes(string mesh) => mesh == Scheme || mesh.StartsWith(Scheme + "://", StringComparison.Ordinal);
}
