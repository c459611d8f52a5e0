namespace MuseCluster.Generation.Decoding.Rules;

/// <summary>
/// aMUSEd's rule (diffusers' <c>schedulers/scheduling_amused.py</c>): guidance stays, and after each step but the last the
/// tokens whose confidence lies strictly below a bound are masked again. Confidence is the logarithm of the sampled token's
/// probability plus temperature times Gumbel noise; a known token has the largest float for its probability. The bound is what
/// stands at the place of the number to be masked when the confidences of the whole grid are sorted.
/// </summary>
internal class AmusedRule : IDecodingRule
{
    private const double Least = 1e-20;

    /// <inheritdoc/>
    /// <remarks>aMUSEd writes u + s (c - u), so that its scale s is 1 + t.</remarks>
    public double GuidanceAt(DecodingOptions options, int step) => options.Guidance;

    /// <inheritdoc/>
    public virtual double TemperatureAt(DecodingOptions options, int step) => options.Steps == 1
        ? options.Temperature
        : options.Temperature + ((options.FinalTemperature - options.Temperature) * step / (options.Steps - 1));

    /// <inheritdoc/>
    public double MaskedShareAfter(DecodingOptions options, int step, int tokens) => MaskedShare(options, step, tokens);

    /// <inheritdoc/>
    public int MaskedAfter(DecodingOptions options, int step, int initial, int masked)
    {
        // With nothing unknown the reference masks one of the tokens that it was given to keep; here they are kept.
        if (step >= options.Steps - 1 || masked == 0)
            return 0;
        return Math.Max(1, Math.Min(masked - 1, (int)MathF.Floor(initial * MaskedShare(options, step, initial))));
    }

    /// <inheritdoc/>
    public IEnumerable<int> Remasked(DecodingOptions options, SampledStep sampled)
    {
        var count = MaskedAfter(options, sampled.Step, sampled.InitiallyMasked, sampled.Positions.Length);
        if (count == 0)
            return [];
        var temperature = TemperatureAt(options, sampled.Step);
        var confidence = new double[sampled.Tokens];
        Array.Fill(confidence, float.MaxValue);
        for (var i = 0; i < sampled.Positions.Length; i++)
            confidence[sampled.Positions[i]] = sampled.Probabilities[i];
        for (var i = 0; i < confidence.Length; i++)
            confidence[i] = Math.Log(Math.Max(confidence[i], Least)) + (temperature * Gumbel(sampled.Random.Draw(sampled.Step, i).Noise));
        var sorted = (double[])confidence.Clone();
        Array.Sort(sorted);
        // A grid of one token has no place beyond it, and stays masked.
        var bound = count < sorted.Length ? sorted[count] : double.PositiveInfinity;
        return Enumerable.Range(0, confidence.Length).Where(i => confidence[i] < bound);
    }

    /// <summary>
    /// The schedule in single precision and in the reference's order: its floor depends on the last bit. At 8 of 12 steps the
    /// cosine is one bit below a half, and 17 of 36 tokens stay masked, not 18.
    /// </summary>
    private static float MaskedShare(DecodingOptions options, int step, int initial)
    {
        var progress = (step + 1) / (float)options.Steps;
        return options.Schedule switch
        {
            MaskSchedule.Cosine => MathF.Cos(progress * MathF.PI / 2),
            MaskSchedule.Linear => 1 - progress,
            // The reference has no others.
            _ => (float)options.Schedule.MaskedShare(progress, initial),
        };
    }

    private static double Gumbel(double uniform) => -Math.Log(Math.Max(-Math.Log(Math.Max(uniform, Least)), Least));
}
