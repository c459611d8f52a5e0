using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Decoding.Rules;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Generation.Randomness;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>The rules of open-muse and of muse-maskgit-pytorch, where their references' formulas say what comes out.</summary>
[Collection(nameof(DecoderTests))]
public sealed class FamilyRuleTests
{
    private static readonly DecodingOptions Pytorch = new() { Rule = DecodingRule.MuseMaskgitPytorch, Steps = 18, Guidance = 2 };

    [Fact]
    public void GuidanceIsCountedAsTheFamilyCountsIt()
    {
        double T(DecodingRule rule, double guidance) => new GenerationRequest { Prompt = "", Rule = rule, Guidance = guidance }.BaseDecoding().Guidance;
        Assert.Equal([0, 0.5, 3], new[] { 0, 0.5, 3 }.Select(g => T(DecodingRule.Muse, g)));
        Assert.Equal([0, 0, 0, 2], new[] { 0, 0.5, 1, 3 }.Select(g => T(DecodingRule.Amused, g)));
        // Both of these guide below a scale of 1 too.
        Assert.Equal([0, -0.5, 0, 2], new[] { 0, 0.5, 1, 3 }.Select(g => T(DecodingRule.OpenMuse, g)));
        Assert.Equal([0, -0.5, 0, 2], new[] { 0, 0.5, 1, 3 }.Select(g => T(DecodingRule.MuseMaskgitPytorch, g)));
        Assert.Equal(["muse", "amused", "open-muse", "muse-maskgit-pytorch"], DecodingRules.Names);
    }

    [Fact]
    public void OpenMusesTemperatureIsMultipliedAtEveryStep()
    {
        var options = new DecodingOptions { Rule = DecodingRule.OpenMuse, Steps = 4, Temperature = 2 };
        Assert.Equal([1.5, 0.75, 0.1875, 0], Enumerable.Range(0, 4).Select(options.TemperatureAt));
        Assert.Equal([3.0, 3, 3, 3], Enumerable.Range(0, 4).Select(options.GuidanceAt));
    }

    // The reference's own operators, in its order, on the library that it uses: a floor hangs on the last bit. Where a share is a whole
    // number, torch.linspace itself is not sure: it rounds by the width of the processor's vectors.
    [Fact]
    public void CountsAreThoseOfTheReferencesSinglePrecision()
    {
        using DisposeScope scope = NewDisposeScope();
        int whole = 0;
        foreach (int tokens in new[] { 16, 36, 256, 576, 1024, 4096 })
            for (int steps = 1; steps <= 48; steps++)
            {
                DecodingOptions options = Pytorch with { Steps = steps };
                float[] times = linspace(0, 1, steps, float32).ToArray<float>();
                int masked = tokens;
                for (int step = 0; step < steps; step++)
                {
                    int begins = Math.Max((int)full([], times[step], float32).mul(Math.PI).mul(0.5).cos().mul(tokens).item<float>(), 1);
                    double share = steps == 1 ? tokens : tokens * Math.Cos(Math.PI / 2 * step / (steps - 1));
                    bool unsure = Math.Abs(share - Math.Round(share)) < 1e-3;
                    whole += unsure ? 1 : 0;
                    Assert.True(begins == masked || (unsure && Math.Abs(begins - masked) == 1), $"{tokens} tokens, step {step} of {steps}: {masked}, expected {begins}");
                    masked = options.MaskedAfter(step, tokens, masked);
                }

                Assert.Equal(0, masked);
            }

        // All begin with a whole number, and in one of three the cosine is a half; beyond these there are few.
        Assert.InRange(whole, 1, 6 * 48 * 3);
    }

    [Fact]
    public void TokensAreDrawnFromTheLikeliestTenth_AtATemperatureThatFallsToNothing()
    {
        IDecodingRule rule = new MuseMaskGitPytorchRule();
        DecodingOptions options = Pytorch with { Steps = 4, Temperature = 2, MinP = 0.25 };
        Assert.Equal([1.5, 1, 0.5, 0], Enumerable.Range(0, 4).Select(options.TemperatureAt));
        Assert.Equal([820, 820, 820, 820], Enumerable.Range(0, 4).Select(s => rule.SamplingAt(options, s, 8192).Top));
        Assert.Equal([7, 100, 1], new[] { 64, 1000, 3 }.Select(codes => rule.SamplingAt(options, 0, codes).Top));
        Assert.Equal([1 / 1.5f, 1, 2, 1e10f], Enumerable.Range(0, 4).Select(s => rule.SamplingAt(options, s, 64).Cooling));
        Assert.Equal((2, 0.25f), (rule.SamplingAt(options, 0, 64).Guidance, rule.SamplingAt(options, 0, 64).Floor));
        // Others pick by the probabilities as they are.
        Assert.False(((IDecodingRule)new MuseRule()).SamplingAt(options, 0, 64).Reweighs);
        Assert.False(((IDecodingRule)new OpenMuseRule()).SamplingAt(options, 0, 64).Reweighs);
    }

    [Fact]
    public void TheLeastProbableOfTheTokensDrawnAreMaskedAgain_WithoutNoise()
    {
        DecodingOptions options = Pytorch with { Steps = 3, Temperature = 5, Schedule = MaskSchedule.Linear };
        int[] remasked = [.. new MuseMaskGitPytorchRule().Remasked(options, new SampledStep
        {
            Step = 0, Tokens = 6, InitiallyMasked = 6, Positions = [0, 1, 3, 4, 5], Probabilities = [0.4f, 0.1f, 0.9f, 0.2f, 0.1f], Random = new TokenRandom(1, 0, 0),
        })];
        Assert.Equal([1, 5, 4], remasked);
    }
}
