using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Mesh;

/// <summary>Where items go: a stage of a model. Grains on any silo serve it.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Model">The model's name.</param>
public readonly record struct StageAddress(Stage Stage, string Model)
{
    /// <summary>The addresses of models: every stage of each.</summary>
    /// <param name="models">The models' names.</param>
    public static IReadOnlyList<StageAddress> Of(params IEnumerable<string> models) =>
        [.. models.SelectMany(model => StageNames.All.Select(stage => new StageAddress(stage, model)))];

    /// <inheritdoc/>
    public override string ToString() => $"{Stage.Name()}.{Model}";
}
