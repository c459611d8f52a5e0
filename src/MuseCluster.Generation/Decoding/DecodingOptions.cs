namespace MuseCluster.Generation.Decoding;

/// <summary>How one picture's grid is decoded.</summary>
public sealed record DecodingOptions
{
    /// <summary>Steps from all masked to none. Default 24, Muse's for the base model.</summary>
    public int Steps { get; init; } = 24;

    /// <summary>How the masked share falls. Default cosine.</summary>
    public MaskSchedule Schedule { get; init; } = MaskSchedule.Cosine;

    /// <summary>
    /// t of l = (1 + t) l_cond - t l_uncond at the last step; it rises linearly from 0 at the first (Muse, section 2.7).
    /// 0 runs the conditional rows alone.
    /// </summary>
    public double Guidance { get; init; } = 3;

    /// <summary>Temperature of the Gumbel noise on confidences at the first step; it falls linearly to 0 at the last.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// Tokens less likely than this share of the likeliest are never sampled (min-p sampling, arXiv 2407.01082). Label
    /// smoothing teaches a network to give every token a little; without a floor some of a grid's tokens are noise. Default 0.
    /// </summary>
    public double MinP { get; init; }

    /// <summary>Whether the network runs unconditional rows for this picture.</summary>
    public bool Guided => Guidance != 0;

    /// <summary>Guidance at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>t.</returns>
    public double GuidanceAt(int step) => Steps == 1 ? Guidance : Guidance * step / (Steps - 1);

    /// <summary>Noise temperature at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The temperature.</returns>
    public double TemperatureAt(int step) => Temperature * (1 - ((step + 1) / (double)Steps));

    /// <summary>
    /// Tokens left masked after a step: the schedule's share of those masked at the start, but at least 1 before the last
    /// step and at least one fewer than before (MaskGIT's rule).
    /// </summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="initial">Tokens masked at the start.</param>
    /// <param name="masked">Tokens masked now.</param>
    /// <returns>The number.</returns>
    public int MaskedAfter(int step, int initial, int masked)
    {
        if (step >= Steps - 1)
            return 0;
        var share = Schedule.MaskedShare((step + 1) / (double)Steps, initial);
        return Math.Min(masked, Math.Max(1, Math.Min(masked - 1, (int)(initial * share))));
    }
}
