using MuseCluster.Generation.Decoding;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

[Collection(nameof(DecoderTests))]
public sealed class SamplerTests
{
    [Theory]
    [InlineData(true, 1, 64, 0, 1, 0)]
    [InlineData(false, 1, 64, 0, 1, 0)]
    [InlineData(true, 1, 1000, 0.2, 1, 0)]
    [InlineData(false, 1, 1000, 0.2, 1, 0)]
    [InlineData(true, 2, 70, 0, 1, 0)]
    [InlineData(false, 2, 70, 0, 1, 0)]
    [InlineData(true, 2, 512, 0.1, 1, 0)]
    [InlineData(false, 2, 512, 0.1, 1, 0)]
    [InlineData(true, 1, 1000, 0, 0.5, 0)]
    [InlineData(false, 1, 1000, 0, 0.5, 0)]
    [InlineData(true, 2, 70, 0, 1, 7)]
    [InlineData(false, 2, 70, 0, 1, 7)]
    [InlineData(true, 2, 512, 0.1, 0.7, 52)]
    [InlineData(false, 2, 512, 0.1, 0.7, 52)]
    [InlineData(true, 1, 70, 0, 2, 100)]
    [InlineData(false, 1, 70, 0, 2, 100)]
    [InlineData(true, 1, 70, 0, 1e10, 1)]
    [InlineData(false, 1, 70, 0, 1e10, 1)]
    public void TokensAreThoseOfTheCumulatedProbabilities(bool host, int groups, int codes, float floor, float cooling, int top)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        manual_seed(9);
        const int Rows = 90;
        var logits = randn(groups * Rows, codes) * 3;
        var rules = Enumerable.Range(0, Rows).Select(i => i % 7 == 3 ? null : (SamplingRule?)new SamplingRule((i + 0.37f) / Rows, 1.5f * i / Rows, floor, cooling, top)).ToArray();

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
            var least = top == 0 || top > codes ? 0 : all.OrderDescending().ElementAt(top - 1);
            var kept = all.Select(w => w < floor || w < least ? 0 : Math.Pow(w, cooling)).ToArray();
            var token = (int)tokens[row];
            var (below, target) = (kept.Take(token).Sum(), rule.Uniform * kept.Sum());

            Assert.True(kept[token] > 0);
            Assert.True(below <= target * 1.00001 && target <= (below + kept[token]) * 1.00001, $"row {row}: {below} {target} {below + kept[token]}");
            Assert.Equal(all[token] / all.Sum(), probabilities[row], 1e-5);
        }
    }

    // Rows of one pass follow rules of their own, and one that asks for nothing more is picked as if the others did not either.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARowsRuleIsItsOwn(bool host)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        manual_seed(10);
        var logits = randn(8, 100) * 2;
        SamplingRule?[] Rules(bool mixed) => [.. Enumerable.Range(0, 8).Select(i => (SamplingRule?)new SamplingRule((i + 0.4f) / 8, 0, 0, mixed && i % 2 == 1 ? 3 : 1, mixed && i % 2 == 1 ? 2 : 0))];
        (long[] Tokens, float[] Probabilities) Sample(SamplingRule?[] rules) => host ? HostSampler.Sample(logits, 1, rules) : DeviceSampler.Sample(logits, 1, rules);
        var (plain, mixed) = (Sample(Rules(false)), Sample(Rules(true)));
        var likeliest = logits.topk(2).indexes.ToArray<long>().Chunk(2).ToArray();
        for (var i = 0; i < 8; i++)
        {
            if (i % 2 == 0)
                Assert.Equal(plain.Tokens[i], mixed.Tokens[i]);
            else
                Assert.Contains(mixed.Tokens[i], likeliest[i]);
        }
    }
}
