namespace MuseCluster.Models.Checkpoints;

/// <summary>How a model generates where a request does not say. A field the manifest leaves out has the default given here.</summary>
public sealed record GenerationDefaults
{
    /// <summary>The most steps a manifest may ask for.</summary>
    public const int MaxSteps = 1024;

    /// <summary>The highest guidance and temperature a manifest may ask for.</summary>
    public const double MaxScale = 100;

    /// <summary>Base decoding steps, 1 to 1024. Muse's default: 24.</summary>
    public int Steps { get; init; } = 24;

    /// <summary>Super-resolution decoding steps, 1 to 1024. Muse's default: 8.</summary>
    public int SrSteps { get; init; } = 8;

    /// <summary>Muse's guidance t in l = (1+t) l_cond - t l_uncond, reached at the last step; 0 to 100, 0 for none.</summary>
    public double Guidance { get; init; } = 3;

    /// <summary>The same for super-resolution; 0 runs it at half the cost.</summary>
    public double SrGuidance { get; init; } = 3;

    /// <summary>Scale of the Gumbel confidence noise at the first step, 0 to 100.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Tokens less likely than this share of the likeliest are never sampled, 0 to 1.</summary>
    public double MinP { get; init; }

    /// <summary>Name of the masking schedule: lower-case letters, digits, '-', '_'. Which exist is Generation's to say.</summary>
    public string Schedule { get; init; } = "cosine";
}
