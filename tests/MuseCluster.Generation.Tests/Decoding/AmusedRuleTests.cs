using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Decoding.Rules;
using MuseCluster.Generation.Randomness;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>aMUSEd's rule against diffusers' <c>AmusedScheduler</c>, with the numbers that it drew.</summary>
[Collection(nameof(DecoderTests))]
public sealed class AmusedRuleTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => ["amused_sched_a_cosine", "amused_sched_b_batch_12steps", "amused_sched_c_linear_scalar_temp"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheDecoderMakesTheReferencesGridsOfItsDraws(string name)
    {
        var golden = new RecordedScheduler(name);
        using var decoder = new MaskedDecoder(golden, CPU, new MaskedDecoderOptions());
        MaskedPicture[] pictures = [.. Enumerable.Range(0, golden.Pictures).Select(golden.Start)];
        foreach (MaskedPicture picture in pictures) decoder.Add(picture);
        int steps = golden.Options.Steps;
        for (int step = 0; step < steps; step++)
        {
            // Timesteps count down to 0.
            Assert.Equal(steps - 1 - step, golden.Output("timesteps")[step]);
            golden.Step = step;
            ushort[][] before = [.. pictures.Select(p => p.Grid.ToArray())];
            decoder.Step();
            long[] masked = golden.Output($"prev_sample_{step}"), filled = golden.Output($"pred_original_sample_{step}");
            for (int i = 0; i < pictures.Length; i++)
            {
                int mask = pictures[i].MaskId, tokens = pictures[i].Grid.Length;
                Assert.Equal(masked.AsSpan(i * tokens, tokens).ToArray(), pictures[i].Grid.ToArray().Select(t => (long)t));
                Assert.Equal(golden.Output($"num_masked_{step}")[i], pictures[i].MaskedPositions().Length);
                for (int p = 0; p < tokens; p++)
                    Assert.True(pictures[i].Grid[p] == mask || pictures[i].Grid[p] == filled[(i * tokens) + p]);
                Assert.All(Enumerable.Range(0, tokens).Where(p => before[i][p] != mask), p => Assert.Equal(before[i][p], filled[(i * tokens) + p]));
            }
        }

        Assert.Empty(decoder.Pictures);
        foreach (MaskedPicture picture in pictures) picture.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TemperaturesAreTheReferences(string name)
    {
        var golden = new RecordedScheduler(name);
        double largest = Enumerable.Range(0, golden.Options.Steps).Max(s => Math.Abs(golden.Options.TemperatureAt(s) - golden.Temperatures[s]));
        output.WriteLine($"temperatures: largest difference {largest:g3}");
        Assert.InRange(largest, 0, 1e-6);
    }

    // The reference's own operators, in its order, on the library that it uses: a floor hangs on the last bit.
    [Theory]
    [InlineData(MaskSchedule.Cosine)]
    [InlineData(MaskSchedule.Linear)]
    public void CountsAreThoseOfTheReferencesSinglePrecision(MaskSchedule schedule)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (int tokens in new[] { 16, 36, 256, 576, 1024 })
            for (int steps = 2; steps <= 64; steps++)
            {
                var options = new DecodingOptions { Rule = DecodingRule.Amused, Schedule = schedule, Steps = steps };
                Tensor progress = arange(1, steps, int64).to(float32).div(steps);
                Tensor share = schedule == MaskSchedule.Cosine ? progress.mul(Math.PI).div(2).cos() : 1 - progress;
                float[] counts = share.mul(tokens).floor().ToArray<float>();
                for (int step = 0; step < steps - 1; step++)
                    Assert.Equal((steps, step, Math.Max(1, (int)counts[step])), (steps, step, options.MaskedAfter(step, tokens, tokens + 1)));
            }
    }

    [Fact]
    public void AtLeastOneStaysMaskedAndAtLeastOneIsTaken_ButNothingIsMaskedWhereAllIsKnown()
    {
        var options = new DecodingOptions { Rule = DecodingRule.Amused, Steps = 4 };
        Assert.Equal([1, 3, 0, 0], new[] { options.MaskedAfter(2, 2, 5), options.MaskedAfter(0, 100, 4), options.MaskedAfter(3, 100, 4), options.MaskedAfter(0, 100, 0) });
        Assert.Equal([3.0, 3, 3], Enumerable.Range(0, 3).Select(options.GuidanceAt));
        Assert.Equal(2, (options with { Steps = 1, Temperature = 2 }).TemperatureAt(0));
    }

    [Fact]
    public void ConfidenceIsTheLogarithmOfTheProbability_AndKnownTokensStay()
    {
        // With equal noise a probability counts alone. By Muse's rule the noise 2 x 1.5 would outweigh it; by the logarithm it does not.
        var options = new DecodingOptions { Rule = DecodingRule.Amused, Steps = 2, Temperature = 2, FinalTemperature = 2 };
        var noise = new Noise(0.5f, 0.9f, 0.5f, 1e-6f);
        int[] remasked = [.. new AmusedRule().Remasked(options, new SampledStep
        {
            Step = 0, Tokens = 4, InitiallyMasked = 2, Positions = [0, 1], Probabilities = [0.9f, 1e-4f], Random = noise,
        })];
        Assert.Equal([1], remasked);
        int[] muse = [.. new MuseRule().Remasked(options with { Rule = DecodingRule.Muse }, new SampledStep
        {
            Step = 0, Tokens = 4, InitiallyMasked = 2, Positions = [0, 1], Probabilities = [0.9f, 1e-4f], Random = noise,
        })];
        Assert.Equal([0], muse);
    }

    [Fact]
    public void ARuleThatIsNoneIsRefused() =>
        Assert.Contains("Rule is 7", Assert.Throws<InvalidOperationException>(() => new DecodingOptions { Rule = (DecodingRule)7 }.TemperatureAt(0)).Message);

    private sealed class Noise(params float[] numbers) : ITokenRandom
    {
        public (float Token, float Noise) Draw(int step, int position) => (0.5f, numbers[position]);
    }
}
