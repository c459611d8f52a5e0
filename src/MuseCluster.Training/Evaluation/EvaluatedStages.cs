namespace MuseCluster.Training.Evaluation;

/// <summary>What an evaluation measures.</summary>
public enum EvaluatedStages
{
    /// <summary>The whole way from caption to picture.</summary>
    All,

    /// <summary>The base model alone: its grids are shown by the preview stage, where shapes are rough.</summary>
    Base,

    /// <summary>Super-resolution alone: base grids are what the preview stage's encoder makes of the captions' scenes.</summary>
    Superres,

    /// <summary>The last tokens alone: what their network makes of the captions' scenes. No transformer has a part in it.</summary>
    Pixels,
}
