using MuseCluster.Torch;
using MuseCluster.Training.Runs;
using MuseCluster.Training.Tests.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Runs;

[Collection(nameof(TorchTests))]
public sealed class ExponentialMovingAverageTests
{
    [Fact]
    public void TheAverageFollowsTheParameters_AYoungOneFaster()
    {
        using var network = nn.Linear(1, 1, hasBias: false);
        Set(network, 5);
        using var average = new ExponentialMovingAverage(network, 0.9);
        var expected = 5.0;
        for (var step = 0; step < 400; step++)
        {
            Set(network, step % 7);
            average.Update(step);
            var decay = Math.Min(0.9, step / (step + 20.0));
            expected = (decay * expected) + ((1 - decay) * (step % 7));
            Assert.Equal(expected, Value(average), 1e-4);
        }
    }

    [Fact]
    public void SwappingTwiceChangesNothing()
    {
        using var network = nn.Linear(1, 1, hasBias: false);
        Set(network, 1);
        using var average = new ExponentialMovingAverage(network, 0.9);
        Set(network, 2);
        average.Swap();
        Assert.Equal((1f, 2f), (network.weight.item<float>(), Value(average)));
        Assert.True(network.weight.requires_grad);
        average.Swap();
        Assert.Equal((2f, 1f), (network.weight.item<float>(), Value(average)));
        Assert.Equal("weight", average.Averages.Single().Key);
    }

    private static void Set(MuseCluster.Torch.Modules.Linear network, float value)
    {
        using var guard = no_grad();
        network.weight.fill_(value);
    }

    private static float Value(ExponentialMovingAverage average) => average.Averages.Single().Value.item<float>();
}
