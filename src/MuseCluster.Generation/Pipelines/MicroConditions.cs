namespace MuseCluster.Generation.Pipelines;

/// <summary>
/// What models with micro-conditioning are told of a picture beside its size, as if it were one of those they were trained on (SDXL,
/// arXiv 2307.01952, section 2.2; aMUSEd, arXiv 2401.01808, section 3). The defaults are those of diffusers' <c>AmusedPipeline</c>.
/// </summary>
public sealed record MicroConditions
{
    /// <summary>How good it is to look: 0 to 10, the score of a LAION aesthetic predictor. Default 6.</summary>
    public double AestheticScore { get; init; } = 6;

    /// <summary>Pixels cut off on its left. Default 0.</summary>
    public int CropLeft { get; init; }

    /// <summary>Pixels cut off at its top. Default 0.</summary>
    public int CropTop { get; init; }
}
