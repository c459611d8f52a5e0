namespace MuseCluster.Generation.Decoding.Rules;

/// <summary>A <see cref="DecodingRule"/> at work. Has no state.</summary>
internal interface IDecodingRule
{
    /// <summary>Guidance t of l = (1 + t) l_cond - t l_uncond at a step.</summary>
    double GuidanceAt(DecodingOptions options, int step);

    /// <summary>Temperature of the noise on confidences at a step.</summary>
    double TemperatureAt(DecodingOptions options, int step);

    /// <summary>The schedule's share of tokens that are masked after a step.</summary>
    double MaskedShareAfter(DecodingOptions options, int step, int tokens);

    /// <summary>Tokens left masked after a step.</summary>
    /// <param name="options">How the picture is decoded.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="initial">Tokens masked at the start.</param>
    /// <param name="masked">Tokens masked now.</param>
    int MaskedAfter(DecodingOptions options, int step, int initial, int masked);

    /// <summary>How a step picks its tokens, but for the uniform number of each.</summary>
    /// <param name="options">How the picture is decoded.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="codes">Number of codes.</param>
    SamplingRule SamplingAt(DecodingOptions options, int step, int codes) => new(0, (float)GuidanceAt(options, step), (float)options.MinP);

    /// <summary>The positions to mask again after a step.</summary>
    IEnumerable<int> Remasked(DecodingOptions options, SampledStep sampled);
}
