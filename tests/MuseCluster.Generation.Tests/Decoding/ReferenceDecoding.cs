using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>
/// Masked decoding written down as Muse's paper does, for one picture, in double precision, on the logits of all tokens: no
/// batch, no keys and values kept, no gathered rows, no tensors.
/// </summary>
internal static class ReferenceDecoding
{
    public static ushort[][] Decode(TinyDecoding tiny, PictureSpec spec, ushort[] start)
    {
        var (options, mask) = (spec.Options, tiny.Shape.MaskId);
        var random = new TokenRandom(spec.Seed, spec.Picture, 0);
        var grid = (ushort[])start.Clone();
        var initial = grid.Count(t => t == mask);
        var grids = new List<ushort[]> { start };
        for (var step = 0; step < options.Steps; step++)
        {
            var conditional = Logits(tiny, grid, spec.Prompt);
            var unconditional = options.Guidance == 0 ? null : Logits(tiny, grid, spec.Negative, spec.Prompt);
            var pytorch = options.Rule == DecodingRule.MuseMaskgitPytorch;
            var t = pytorch || options.Steps == 1 ? options.Guidance : options.Guidance * step / (options.Steps - 1);
            var temperature = options.Temperature * (options.Steps - step - 1) / options.Steps;

            var candidates = new List<(double Confidence, int Position)>();
            var filled = (ushort[])grid.Clone();
            for (var p = 0; p < grid.Length; p++)
            {
                if (grid[p] != mask)
                    continue;
                double[] logits = [.. conditional[p].Select((c, i) => unconditional is null ? c : ((1 + t) * c) - (t * unconditional[p][i]))];
                var probabilities = Softmax(logits);
                var (uniform, noise) = random.Draw(step, p);
                var kept = Array.ConvertAll(probabilities, share => share < options.MinP * probabilities.Max() ? 0 : share);
                if (pytorch)
                {
                    // A tenth of the codes, by logits over the temperature.
                    var least = logits.OrderDescending().ElementAt((int)Math.Ceiling(logits.Length * 0.1) - 1);
                    var cooled = Softmax([.. logits.Select(l => l / Math.Max(temperature, 1e-10))]);
                    kept = [.. kept.Select((share, c) => share == 0 || logits[c] < least ? 0 : cooled[c])];
                }

                var token = 0;
                for (var sum = kept[0]; sum < uniform * kept.Sum() && token < kept.Length - 1; sum += kept[token])
                    token++;
                filled[p] = (ushort)token;
                candidates.Add((probabilities[token] - (pytorch ? 0 : temperature * Math.Log(-Math.Log(noise))), p));
            }
            grid = filled;
            foreach (var (_, position) in candidates.OrderBy(c => c.Confidence).Take(Remasked(options, step, initial, candidates.Count)))
                grid[position] = (ushort)mask;
            grids.Add((ushort[])grid.Clone());
        }
        return [.. grids];
    }

    private static int Remasked(DecodingOptions options, int step, int initial, int masked)
    {
        if (step == options.Steps - 1)
            return 0;
        // It masks before a step, for the time that the step is at: from 0 to 1, both included.
        if (options.Rule == DecodingRule.MuseMaskgitPytorch)
            return Math.Max(1, (int)(initial * options.Schedule.MaskedShare((step + 1.0) / (options.Steps - 1), initial)));
        var scheduled = (int)Math.Floor(initial * options.Schedule.MaskedShare((step + 1.0) / options.Steps, initial));
        return masked == 0 ? 0 : Math.Max(1, Math.Min(scheduled, masked - 1));
    }

    // The low-resolution tokens of a super-resolution model are the prompt's for the negative prompt too.
    private static double[][] Logits(TinyDecoding tiny, ushort[] grid, int prompt, int? low = null)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        using var conditioning = low is { } first ? tiny.Condition(first, prompt) : tiny.Condition(prompt);
        var layout = new RowLayout(1, low is null ? 1 : 2, tiny.Shape.Positions, (low is null ? 1 : 2) * tiny.Shape.Positions);
        var logits = tiny.Network.Logits(tensor([.. grid.Select(g => (long)g)], [1, tiny.Shape.Height, tiny.Shape.Width]), layout, conditioning, null);
        return [.. logits.ToArray<float>().Select(l => (double)l).Chunk(tiny.Shape.CodebookSize).Skip(low is null ? 0 : grid.Length)];
    }

    private static double[] Softmax(double[] logits)
    {
        var powers = logits.Select(l => Math.Exp(l - logits.Max())).ToArray();
        var sum = powers.Sum();
        return [.. powers.Select(p => p / sum)];
    }
}
