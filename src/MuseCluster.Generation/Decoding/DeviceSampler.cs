using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>
/// Picks tokens by inverse CDF where the logits are, as <see cref="HostSampler"/> does on the processor: the token is the
/// number of tokens whose cumulated probability is below the uniform's share of the whole.
/// </summary>
internal static class DeviceSampler
{
    /// <summary>Picks the tokens of rows.</summary>
    /// <param name="logits">[groups x rows, codes]: conditional rows, then unconditional ones.</param>
    /// <param name="groups">1, or 2 with guidance.</param>
    /// <param name="rules">One per row; null for padding, whose token nobody reads.</param>
    /// <returns>Each row's token and its probability.</returns>
    internal static (long[] Tokens, float[] Probabilities) Sample(Tensor logits, int groups, SamplingRule?[] rules)
    {
        var (half, device) = (rules.Length, logits.device);
        Tensor Column(Func<SamplingRule, float> value) => tensor(Array.ConvertAll(rules, r => value(r ?? default)), [half, 1]).to(device);
        if (groups == 2)
        {
            var (conditional, unconditional) = (logits.narrow(0, 0, half), logits.narrow(0, half, half));
            logits = (conditional - unconditional).mul_(Column(r => r.Guidance)).add_(conditional);
        }
        var probabilities = logits.softmax(-1);
        var likeliest = probabilities.max(-1, keepdim: true).values;
        var impossible = probabilities.lt(likeliest.mul_(Column(r => r.Floor)));
        var weights = probabilities;
        if (Array.Exists(rules, r => r is { Reweighs: true }))
        {
            var sorted = logits.sort(-1, descending: true).Values;
            var codes = (int)logits.size(-1);
            var places = tensor(Array.ConvertAll(rules, r => (r is { Top: > 0 } rule ? Math.Min(rule.Top, codes) : codes) - 1L), [half, 1]).to(device);
            impossible = impossible.logical_or(logits.lt(sorted.gather(1, places)));
            weights = logits.sub(sorted.narrow(1, 0, 1)).mul_(Column(r => r.Cooling)).exp();
        }
        var kept = weights.masked_fill(impossible, 0);
        var cumulated = kept.cumsum(-1);
        var last = logits.size(-1) - 1;
        var below = cumulated.lt(cumulated.narrow(1, last, 1).mul(Column(r => r.Uniform))).sum(-1, keepdim: true, type: int64);
        var tokens = below.clamp_(max: last);
        return (tokens.ToArray<long>(), probabilities.gather(1, tokens).ToArray<float>());
    }
}
