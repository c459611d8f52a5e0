using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Mesh;

/// <summary>Where items go: a stage of a model. Grains on any silo serve it.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Model">The model's name.</param>
public readonly record struct StageAddress(Stage Stage, string Model)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Stage.Name()}.{Model}";
}
