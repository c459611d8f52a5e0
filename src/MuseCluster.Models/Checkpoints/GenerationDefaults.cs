namespace MuseCluster.Models.Checkpoints;

/// <summary>How a model generates where a request does not say. A field the manifest leaves out has the default given here.</summary>
public sealed record GenerationDefaults
{
    /// <summary>The most steps a manifest may ask for.</summary>
    public const int MaxSteps = 1024;

    /// <summary>The highest guidance and temperature a manifest may ask for.</summary>
    public const double MaxScale = 100;

    /// <summary>The name of Muse's own rule.</summary>
    public const string MuseRule = "muse";

    /// <summary>Base decoding steps, 1 to 1024. Muse's default: 24.</summary>
    public int Steps { get; init; } = 24;

    /// <summary>Super-resolution decoding steps, 1 to 1024. Muse's default: 8.</summary>
    public int SrSteps { get; init; } = 8;

    /// <summary>Name of the family whose rules decoding follows, such as muse or open-muse. Which exist is Generation's to say.</summary>
    public string Rule { get; init; } = MuseRule;

    /// <summary>
    /// Guidance as the family of <see cref="Rule"/> counts it, 0 to 100: Muse's t in l = (1+t) l_cond - t l_uncond, reached at the
    /// last step, 0 for none; the others' scale s in l = l_uncond + s (l_cond - l_uncond), 1 or 0 for none, in aMUSEd all below 1 too.
    /// </summary>
    public double Guidance { get; init; } = 3;

    /// <summary>The same for super-resolution; none runs it at half the cost.</summary>
    public double SrGuidance { get; init; } = 3;

    /// <summary>Scale of the Gumbel confidence noise at the first step, 0 to 100.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>What aMUSEd's rule lets the temperature fall to at the last step, 0 to 100.</summary>
    public double FinalTemperature { get; init; }

    /// <summary>Tokens less likely than this share of the likeliest are never sampled, 0 to 1.</summary>
    public double MinP { get; init; }

    /// <summary>Name of the masking schedule: lower-case letters, digits, '-', '_'. Which exist is Generation's to say.</summary>
    public string Schedule { get; init; } = "cosine";
}
