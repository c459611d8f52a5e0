using MuseCluster.Generation.Decoding.Rules;

namespace MuseCluster.Generation.Decoding;

/// <summary>How one picture's grid is decoded.</summary>
public sealed record DecodingOptions
{
    private static readonly IDecodingRule MuseSteps = new MuseRule(), AmusedSteps = new AmusedRule(), OpenMuseSteps = new OpenMuseRule(), MuseMaskGitPytorchSteps = new MuseMaskGitPytorchRule();

    /// <summary>Whose rules the steps follow. Default Muse's.</summary>
    public DecodingRule Rule { get; init; }

    /// <summary>Steps from all masked to none. Default 24, Muse's for the base model.</summary>
    public int Steps { get; init; } = 24;

    /// <summary>How the masked share falls. Default cosine.</summary>
    public MaskSchedule Schedule { get; init; } = MaskSchedule.Cosine;

    /// <summary>
    /// t of l = (1 + t) l_cond - t l_uncond at the last step; it rises linearly from 0 at the first (Muse, section 2.7). By
    /// the other rules it is the same at every step, and one less than the guidance scale of their references. 0 runs the conditional rows alone.
    /// </summary>
    public double Guidance { get; init; } = 3;

    /// <summary>
    /// Temperature of the Gumbel noise on confidences, before the first step; it falls to 0 at the last, linearly, or by open-muse's
    /// rule faster. By muse-maskgit-pytorch's rule it is that of the logits that tokens are drawn from.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// The temperature that aMUSEd's rule falls to at the last step; Muse's always falls to 0. Default 0, as in aMUSEd's (2, 0);
    /// where aMUSEd is given a single temperature, it falls to 0.01.
    /// </summary>
    public double FinalTemperature { get; init; }

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
    public double GuidanceAt(int step) => StepRule.GuidanceAt(this, step);

    /// <summary>Noise temperature at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The temperature.</returns>
    public double TemperatureAt(int step) => StepRule.TemperatureAt(this, step);

    /// <summary>
    /// Tokens left masked after a step: the schedule's share of those masked at the start, but at least 1 before the last
    /// step and at least one fewer than before (MaskGIT's rule).
    /// </summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="initial">Tokens masked at the start.</param>
    /// <param name="masked">Tokens masked now.</param>
    /// <returns>The number.</returns>
    public int MaskedAfter(int step, int initial, int masked) => StepRule.MaskedAfter(this, step, initial, masked);

    /// <summary>The schedule's share of tokens that are masked after a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="tokens">Tokens of the grid.</param>
    /// <returns>The share, 0 to 1.</returns>
    public double MaskedShareAfter(int step, int tokens) => StepRule.MaskedShareAfter(this, step, tokens);

    internal IDecodingRule StepRule => Rule switch
    {
        DecodingRule.Muse => MuseSteps,
        DecodingRule.Amused => AmusedSteps,
        DecodingRule.OpenMuse => OpenMuseSteps,
        DecodingRule.MuseMaskgitPytorch => MuseMaskGitPytorchSteps,
        _ => throw new InvalidOperationException($"{nameof(Rule)} is {Rule}, which is no rule"),
    };
}
