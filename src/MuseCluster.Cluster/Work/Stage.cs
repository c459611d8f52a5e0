namespace MuseCluster.Cluster.Work;

/// <summary>A step of the pipeline, in the order that items pass them.</summary>
public enum Stage
{
    /// <summary>Prompts to embeddings.</summary>
    Text,

    /// <summary>Masked decoding of the base grid.</summary>
    Base,

    /// <summary>Masked decoding of the super-resolution grid. Models without one skip it.</summary>
    Superres,

    /// <summary>The last grid to a picture, and the picture into the artifact store.</summary>
    Pixels,
}

/// <summary>How stages are written in flags, queue names and manifests.</summary>
public static class StageNames
{
    /// <summary>All stages in order.</summary>
    public static IReadOnlyList<Stage> All { get; } = Enum.GetValues<Stage>();

    /// <summary>A stage's name.</summary>
    /// <param name="stage">The stage.</param>
    /// <returns>text, base, superres or pixels.</returns>
    public static string Name(this Stage stage) => stage switch
    {
        Stage.Text => "text",
        Stage.Base => "base",
        Stage.Superres => "superres",
        Stage.Pixels => "pixels",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    /// <summary>The stage of a name.</summary>
    /// <param name="name">text, base, superres or pixels.</param>
    /// <param name="stage">The stage.</param>
    /// <returns>False where no stage has that name.</returns>
    public static bool TryParse(string name, out Stage stage)
    {
        foreach (var candidate in All)
            if (candidate.Name() == name)
            {
                stage = candidate;
                return true;
            }
        stage = default;
        return false;
    }
}
