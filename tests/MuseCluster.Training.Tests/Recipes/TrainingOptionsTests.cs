using MuseCluster.Training.Recipes;

namespace MuseCluster.Training.Tests.Recipes;

public sealed class TrainingOptionsTests
{
    private static readonly TrainingOptions Options = new() { Steps = 1100, BatchSize = 1, LearningRate = 2e-3, WarmupSteps = 100, FinalLearningRate = 0.01 };

    [Fact]
    public void TheRateRisesThenFallsAlongHalfACosine()
    {
        Assert.Equal(2e-5, Options.RateAt(0), 1e-12);
        Assert.Equal(1e-3, Options.RateAt(49), 1e-12);
        Assert.Equal(2e-3, Options.RateAt(99), 1e-12);
        Assert.Equal(2e-3, Options.RateAt(100), 1e-12);
        Assert.Equal(2e-3 * 0.505, Options.RateAt(600), 1e-12);
        Assert.Equal(2e-5, Options.RateAt(1100), 1e-12);
        Assert.Equal(2e-5, Options.RateAt(5000), 1e-12);
        for (var step = 100; step < 1100; step++)
            Assert.True(Options.RateAt(step + 1) < Options.RateAt(step));
    }

    [Fact]
    public void WithoutWarmUpTheFirstStepHasTheHighestRate() =>
        Assert.Equal(2e-3, (Options with { WarmupSteps = 0 }).RateAt(0), 1e-12);

    [Fact]
    public void MasksGrowFromATenthToTheWholeOfTheirShare()
    {
        Assert.Equal(1, Options.MaskScaleAt(0));
        var growing = Options with { MaskGrowthSteps = 400 };
        Assert.Equal(0.1, growing.MaskScaleAt(0), 1e-12);
        Assert.Equal(0.55, growing.MaskScaleAt(200), 1e-12);
        Assert.Equal(1, growing.MaskScaleAt(400));
        Assert.Equal(1, growing.MaskScaleAt(1099));
    }

    [Fact]
    public void AWarmUpLongerThanTheRunStaysFinite()
    {
        var options = Options with { Steps = 10 };
        Assert.All(Enumerable.Range(0, 200), s => Assert.InRange(options.RateAt(s), 0, 2e-3));
    }
}
