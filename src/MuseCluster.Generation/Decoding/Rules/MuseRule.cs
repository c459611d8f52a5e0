using MuseCluster.Generation.Randomness;

namespace MuseCluster.Generation.Decoding.Rules;

/// <summary>
/// Muse's rule: guidance rises linearly, the temperature falls linearly, and of the tokens sampled in a step those of least
/// confidence are masked again, where confidence is the token's probability plus temperature times Gumbel noise (Muse,
/// section 2.7; MaskGIT, section 3.2).
/// </summary>
internal sealed class MuseRule : IDecodingRule
{
    /// <inheritdoc/>
    public double GuidanceAt(DecodingOptions options, int step) =>
        options.Steps == 1 ? options.Guidance : options.Guidance * step / (options.Steps - 1);

    /// <inheritdoc/>
    public double TemperatureAt(DecodingOptions options, int step) => options.Temperature * (1 - ((step + 1) / (double)options.Steps));

    /// <inheritdoc/>
    public double MaskedShareAfter(DecodingOptions options, int step, int tokens) => options.Schedule.MaskedShare((step + 1) / (double)options.Steps, tokens);

    /// <inheritdoc/>
    public int MaskedAfter(DecodingOptions options, int step, int initial, int masked)
    {
        if (step >= options.Steps - 1)
            return 0;
        return Math.Min(masked, Math.Max(1, Math.Min(masked - 1, (int)(initial * MaskedShareAfter(options, step, initial)))));
    }

    /// <inheritdoc/>
    public IEnumerable<int> Remasked(DecodingOptions options, SampledStep sampled)
    {
        var positions = sampled.Positions;
        var keep = MaskedAfter(options, sampled.Step, sampled.InitiallyMasked, positions.Length);
        if (keep == 0)
            return [];
        var temperature = TemperatureAt(options, sampled.Step);
        var confidence = new double[positions.Length];
        for (var i = 0; i < positions.Length; i++)
            confidence[i] = sampled.Probabilities[i] + (temperature * TokenRandom.Gumbel(sampled.Random.Draw(sampled.Step, positions[i]).Noise));
        // Equal confidences are told apart by position, so that the order never depends on the sort.
        var sorted = (double[])confidence.Clone();
        Array.Sort(sorted);
        var bound = sorted[keep - 1];
        var equal = keep - sorted.AsSpan().IndexOf(bound);
        var remasked = new List<int>(keep);
        for (var i = 0; i < positions.Length; i++)
            if (confidence[i] < bound || (confidence[i] == bound && equal-- > 0))
                remasked.Add(positions[i]);
        return remasked;
    }
}
