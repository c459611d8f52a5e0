using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Generation.Decoding;

namespace MuseCluster.Generation.Tests.Decoding;

public sealed class DecodingOptionsTests
{
    private static readonly Arbitrary<(MaskSchedule Schedule, int Steps, int Initial, int Known)> Cases =
        (from schedule in Gen.Elements(Enum.GetValues<MaskSchedule>())
         from steps in Gen.Choose(1, 40)
         from initial in Gen.OneOf(Gen.Choose(1, 30), Gen.Choose(1, 4096))
         from known in Gen.Choose(0, 4096)
         select (schedule, steps, initial, known)).ToArbitrary();

    [Fact]
    public void EveryStepUnmasksAToken_ButOneStaysForTheLast() => Prop.ForAll(Cases, c =>
    {
        var options = new DecodingOptions { Steps = c.Steps, Schedule = c.Schedule };
        var masked = c.Initial;
        for (var step = 0; step < c.Steps; step++)
        {
            var after = options.MaskedAfter(step, c.Initial, masked);
            var last = step == c.Steps - 1;
            var right = last ? after == 0 : after >= 1 && after <= masked && (after < masked || masked == 1);
            if (!right)
                return false;
            masked = after;
        }
        return masked == 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void WhereTokensAreManyTheyFollowTheSchedule() => Prop.ForAll(Cases, c =>
    {
        var options = new DecodingOptions { Steps = c.Steps, Schedule = c.Schedule };
        var masked = c.Initial;
        for (var step = 0; step < c.Steps - 1; step++)
        {
            var share = (int)(c.Initial * c.Schedule.MaskedShare((step + 1) / (double)c.Steps, c.Initial));
            var after = options.MaskedAfter(step, c.Initial, masked);
            if (share >= 1 && share < masked && after != share)
                return false;
            masked = after;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void APictureWithoutMaskedTokensStaysSo()
    {
        var options = new DecodingOptions { Steps = 3 };
        for (var step = 0; step < 3; step++)
            Assert.Equal(0, options.MaskedAfter(step, 0, 0));
    }

    [Fact]
    public void MusesCountsFor64TokensIn8Steps()
    {
        var options = new DecodingOptions { Steps = 8 };
        var (masked, counts) = (64, new List<int>());
        for (var step = 0; step < 8; step++)
            counts.Add(masked = options.MaskedAfter(step, 64, masked));
        Assert.Equal([62, 59, 53, 45, 35, 24, 12, 0], counts);
    }

    [Fact]
    public void GuidanceRisesFromZeroAndTemperatureFallsToZero()
    {
        var options = new DecodingOptions { Steps = 5, Guidance = 4, Temperature = 2 };
        Assert.Equal(new double[] { 0, 1, 2, 3, 4 }, Enumerable.Range(0, 5).Select(s => options.GuidanceAt(s)));
        Assert.Equal(new[] { 1.6, 1.2, 0.8, 0.4, 0 }, Enumerable.Range(0, 5).Select(s => Math.Round(options.TemperatureAt(s), 12)));
        Assert.True(options.Guided);
        Assert.False((options with { Guidance = 0 }).Guided);
    }

    [Fact]
    public void ASingleStepHasAllOfTheGuidanceAndNoNoise()
    {
        var options = new DecodingOptions { Steps = 1, Guidance = 4, Temperature = 2 };
        Assert.Equal((4.0, 0.0, 0), (options.GuidanceAt(0), options.TemperatureAt(0), options.MaskedAfter(0, 64, 64)));
    }
}
