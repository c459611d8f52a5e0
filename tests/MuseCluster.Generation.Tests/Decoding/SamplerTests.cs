using MuseCluster.Generation.Decoding;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

[Collection(nameof(DecoderTests))]
public sealed class SamplerTests
{
    [Theory]
    [InlineData(true, 1, 64, 0)]
    [InlineData(false, 1, 64, 0)]
    [InlineData(true, 1, 1000, 0.2)]
    [InlineData(false, 1, 1000, 0.2)]
    [InlineData(true, 2, 70, 0)]
    [InlineData(false, 2, 70, 0)]
    [InlineData(true, 2, 512, 0.1)]
    [InlineData(false, 2, 512, 0.1)]
    public void TokensAreThoseOfTheCumulatedProbabilities(bool host, int groups, int codes, float floor)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        manual_seed(9);
        const int Rows = 90;
        var logits = randn(groups * Rows, codes) * 3;
        var rules = Enumerable.Range(0, Rows).Select(i => i % 7 == 3 ? null : (SamplingRule?)new SamplingRule((i + 0.37f) / Rows, 1.5f * i / Rows, floor)).ToArray();

        var (tokens, probabilities) = host ? HostSampler.Sample(logits, groups, rules) : DeviceSampler.Sample(logits, groups, rules);

        var values = logits.ToArray<float>();
        for (var row = 0; row < Rows; row++)
        {
            if (rules[row] is not { } rule)
                continue;
            double Logit(int code) => groups == 1 ? values[(row * codes) + code]
                : values[(row * codes) + code] + (rule.Guidance * (values[(row * codes) + code] - values[((Rows + row) * codes) + code]));
            var highest = Enumerable.Range(0, codes).Max(Logit);
            var all = Enumerable.Range(0, codes).Select(c => Math.Exp(Logit(c) - highest)).ToArray();
            var kept = all.Select(w => w < floor ? 0 : w).ToArray();
            var token = (int)tokens[row];
            var (below, target) = (kept.Take(token).Sum(), rule.Uniform * kept.Sum());

            Assert.True(kept[token] > 0);
            Assert.True(below <= target * 1.00001 && target <= (below + kept[token]) * 1.00001, $"row {row}: {below} {target} {below + kept[token]}");
            Assert.Equal(all[token] / all.Sum(), probabilities[row], 5);
        }
    }
}
