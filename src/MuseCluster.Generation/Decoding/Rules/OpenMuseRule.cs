namespace MuseCluster.Generation.Decoding.Rules;

/// <summary>
/// open-muse's rule (<c>generate2</c> of <c>muse/modeling_transformer.py</c> and <c>mask_by_random_topk</c> of <c>muse/sampling.py</c>),
/// which aMUSEd's scheduler was made of: the same but for the temperature, which each step multiplies by the share of the steps
/// that are left, so that it falls far faster than a line.
/// </summary>
internal sealed class OpenMuseRule : AmusedRule
{
    /// <inheritdoc/>
    public override double TemperatureAt(DecodingOptions options, int step)
    {
        var temperature = options.Temperature;
        for (var made = 1; made <= step + 1; made++)
            temperature *= 1 - ((double)made / options.Steps);
        return temperature;
    }
}
