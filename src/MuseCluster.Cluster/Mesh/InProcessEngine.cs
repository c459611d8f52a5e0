namespace MuseCluster.Cluster.Mesh;

/// <summary>The mesh of a cluster of one process.</summary>
public sealed class InProcessEngine : IMeshEngine
{
    /// <summary>The setting that means it.</summary>
    public const string Name = "inprocess";

    /// <inheritdoc/>
    public string Form => Name;

    /// <inheritdoc/>
    public bool Takes(string mesh) => mesh == Name;

    /// <inheritdoc/>
    public Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place) => _ => new InProcessMesh();
}
