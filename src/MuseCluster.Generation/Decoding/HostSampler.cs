using System.Numerics;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>
/// Picks tokens by inverse CDF on the processor, a row of logits at a time: one reading of the logits does what takes
/// libtorch ten operators over tensors that leave the cache. A row's token depends on that row alone.
/// </summary>
internal static unsafe class HostSampler
{
    // Cumulated weights are looked through by blocks, then one by one in the block that holds the answer.
    private const int Block = 64;

    [ThreadStatic]
    private static float[]? _weights;

    /// <summary>Picks the tokens of rows.</summary>
    /// <param name="logits">[groups x rows, codes], float32 on the CPU, contiguous: conditional rows, then unconditional ones.</param>
    /// <param name="groups">1, or 2 with guidance.</param>
    /// <param name="rules">One per row; null for padding, which is left out.</param>
    /// <returns>Each row's token and its probability.</returns>
    internal static (long[] Tokens, float[] Probabilities) Sample(Tensor logits, int groups, SamplingRule?[] rules)
    {
        var (tokens, probabilities, codes) = (new long[rules.Length], new float[rules.Length], (int)logits.size(1));
        fixed (float* first = logits.data<float>())
        {
            var (at, threads) = ((nint)first, get_num_threads());
            void Share(int thread)
            {
                for (var row = (int)((long)rules.Length * thread / threads); row < (int)((long)rules.Length * (thread + 1) / threads); row++)
                    if (rules[row] is { } rule)
                        (tokens[row], probabilities[row]) = Pick((float*)at, codes, groups, row, rules.Length, rule);
            }
            if (threads == 1)
                Share(0);
            else
                Parallel.For(0, threads, Share);
        }
        return (tokens, probabilities);
    }

    private static (int Token, float Probability) Pick(float* first, int codes, int groups, int row, int half, SamplingRule rule)
    {
        var blocks = (codes + Block - 1) / Block;
        if (_weights is null || _weights.Length < blocks * Block)
            _weights = new float[blocks * Block];
        var weights = _weights.AsSpan(0, blocks * Block);
        weights[codes..].Fill(float.NegativeInfinity);
        var conditional = new ReadOnlySpan<float>(first + ((nint)row * codes), codes);
        if (groups == 1)
            conditional.CopyTo(weights);
        else
            Guide(conditional, new ReadOnlySpan<float>(first + (((nint)half + row) * codes), codes), rule.Guidance, weights);

        var lanes = System.Runtime.InteropServices.MemoryMarshal.Cast<float, Vector<float>>(weights);
        var most = lanes[0];
        foreach (var lane in lanes)
            most = Vector.Max(most, lane);
        var highest = most[0];
        for (var i = 1; i < Vector<float>.Count; i++)
            highest = Math.Max(highest, most[i]);

        var sums = stackalloc float[blocks];
        var reweighs = rule.Reweighs;
        var (cooling, least) = (new Vector<float>(rule.Cooling), new Vector<float>(rule.Top > 0 && rule.Top < codes ? Least(lanes, highest, rule.Top) - highest : float.NegativeInfinity));
        var perBlock = Block / Vector<float>.Count;
        var (total, kept) = (0.0, 0.0);
        var floor = new Vector<float>(rule.Floor);
        for (var block = 0; block < blocks; block++)
        {
            var (all, above) = (Vector<float>.Zero, Vector<float>.Zero);
            foreach (ref var lane in lanes.Slice(block * perBlock, perBlock))
            {
                // The likeliest token's weight is 1, so that the floor needs no scaling.
                var logit = lane - new Vector<float>(highest);
                var weight = Vector.Exp(logit);
                all += weight;
                var impossible = Vector.LessThan(weight, floor);
                if (reweighs)
                {
                    weight = Vector.Exp(logit * cooling);
                    impossible |= Vector.LessThan(logit, least);
                }
                lane = Vector.ConditionalSelect(impossible, Vector<float>.Zero, weight);
                above += lane;
            }
            total += Vector.Sum(all);
            kept += sums[block] = Vector.Sum(above);
        }
        var token = Find(weights, new ReadOnlySpan<float>(sums, blocks), rule.Uniform * kept);
        if (!reweighs)
            return (token, (float)(weights[token] / total));
        var unconditional = groups == 1 ? 0 : first[(((nint)half + row) * codes) + token];
        var own = groups == 1 ? conditional[token] : ((conditional[token] - unconditional) * rule.Guidance) + conditional[token];
        return (token, (float)(MathF.Exp(own - highest) / total));
    }

    /// <summary>The number that stands at a place among all when the largest comes first: found by halving a range until no number lies within.</summary>
    private static float Least(ReadOnlySpan<Vector<float>> lanes, float highest, int place)
    {
        var (below, above) = (highest, float.BitIncrement(highest));
        for (var range = 1f; Count(lanes, below) < place; range *= 2)
            below = Math.Max(highest - range, float.MinValue);
        while (true)
        {
            var middle = below + ((above - below) / 2);
            if (middle <= below || middle >= above)
                return below;
            if (Count(lanes, middle) >= place)
                below = middle;
            else
                above = middle;
        }
    }

    private static int Count(ReadOnlySpan<Vector<float>> lanes, float least)
    {
        var (bound, count) = (new Vector<float>(least), Vector<int>.Zero);
        foreach (var lane in lanes)
            count -= Vector.GreaterThanOrEqual(lane, bound);
        return Vector.Sum(count);
    }

    private static void Guide(ReadOnlySpan<float> conditional, ReadOnlySpan<float> unconditional, float guidance, Span<float> to)
    {
        var i = 0;
        for (; i <= conditional.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (c, u) = (new Vector<float>(conditional[i..]), new Vector<float>(unconditional[i..]));
            (((c - u) * guidance) + c).CopyTo(to[i..]);
        }
        for (; i < conditional.Length; i++)
            to[i] = ((conditional[i] - unconditional[i]) * guidance) + conditional[i];
    }

    /// <summary>The first token up to which the weights reach a target; the last possible one where rounding keeps them below.</summary>
    private static int Find(ReadOnlySpan<float> weights, ReadOnlySpan<float> sums, double target)
    {
        var (reached, last) = (0.0, 0);
        for (var block = 0; block < sums.Length; block++)
        {
            if (reached + sums[block] < target && block + 1 < sums.Length)
            {
                if (sums[block] > 0)
                    last = (block * Block) + weights.Slice(block * Block, Block).LastIndexOfAnyExcept(0f);
                reached += sums[block];
                continue;
            }
            for (var i = block * Block; i < (block + 1) * Block; i++)
            {
                if (weights[i] == 0)
                    continue;
                last = i;
                reached += weights[i];
                if (reached >= target)
                    return i;
            }
        }
        return last;
    }
}
