namespace MuseCluster.Generation.Decoding.Rules;

/// <summary>
/// muse-maskgit-pytorch's rule (<c>MaskGit.generate</c> of <c>muse_maskgit_pytorch.py</c>, without a critic): guidance stays; a token is
/// drawn from the likeliest tenth of the codes, from logits divided by a temperature that falls linearly to nothing; and of the
/// tokens drawn in a step those of least probability are masked again, without noise.
/// </summary>
internal sealed class MuseMaskGitPytorchRule : IDecodingRule
{
    // topk_filter_thres: the share of the codes that are never drawn.
    private const double Filtered = 0.9;
    private const double LeastTemperature = 1e-10;

    /// <inheritdoc/>
    /// <remarks>The reference writes n + s (l - n) of null logits n, so that its scale s is 1 + t.</remarks>
    public double GuidanceAt(DecodingOptions options, int step) => options.Guidance;

    /// <inheritdoc/>
    /// <remarks>Of the logits that tokens are drawn from: confidences have no noise.</remarks>
    public double TemperatureAt(DecodingOptions options, int step) => options.Temperature * (options.Steps - 1 - step) / options.Steps;

    /// <inheritdoc/>
    public SamplingRule SamplingAt(DecodingOptions options, int step, int codes) => new(
        0, (float)options.Guidance, (float)options.MinP, (float)(1 / Math.Max(TemperatureAt(options, step), LeastTemperature)), (int)Math.Ceiling((1 - Filtered) * codes));

    /// <inheritdoc/>
    public double MaskedShareAfter(DecodingOptions options, int step, int tokens) => MaskedShare(options, step, tokens);

    /// <inheritdoc/>
    public int MaskedAfter(DecodingOptions options, int step, int initial, int masked) =>
        step >= options.Steps - 1 ? 0 : Math.Min(masked, Math.Max(1, (int)(MaskedShare(options, step, initial) * initial)));

    /// <inheritdoc/>
    public IEnumerable<int> Remasked(DecodingOptions options, SampledStep sampled)
    {
        var positions = sampled.Positions;
        var keep = MaskedAfter(options, sampled.Step, sampled.InitiallyMasked, positions.Length);
        // Scores are 1 - p in single precision. Equal ones, which the reference leaves to its sort, are told apart by position.
        var scores = new float[positions.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = 1 - sampled.Probabilities[i];
        return Enumerable.Range(0, positions.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(keep).Select(i => positions[i]);
    }

    /// <summary>
    /// The schedule at the beginning of the next step, where the reference masks: at r = (step + 1) / (steps - 1), so that the last step
    /// begins with one token. In single precision and, as in <c>torch.linspace</c>, from the nearer end with one rounding: a floor hangs on the last bit.
    /// </summary>
    private static float MaskedShare(DecodingOptions options, int step, int tokens)
    {
        var (next, last) = (step + 1, options.Steps - 1);
        if (next > last)
            return 0;
        var apart = 1f / last;
        var progress = next < options.Steps / 2 ? apart * next : MathF.FusedMultiplyAdd(-apart, last - next, 1);
        return options.Schedule switch
        {
            MaskSchedule.Cosine => MathF.Cos(progress * MathF.PI * 0.5f),
            MaskSchedule.Linear => 1 - progress,
            // The reference takes any function.
            _ => (float)options.Schedule.MaskedShare(progress, tokens),
        };
    }
}
