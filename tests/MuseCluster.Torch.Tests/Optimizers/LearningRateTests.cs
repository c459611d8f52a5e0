using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Optimizers;

public sealed class LearningRateTests
{
    [Fact]
    public void AScheduleSetsTheRateOfEachStep()
    {
        using var w = new Parameter(ones(1));
        using var optimizer = optim.AdamW([w], lr: 2);
        var schedule = optim.lr_scheduler.LambdaLR(optimizer, epoch => 1.0 / (epoch + 1));
        Assert.Equal(2, optimizer.LearningRate);
        schedule.step();
        Assert.Equal(1, optimizer.LearningRate);
        schedule.step();
        Assert.Equal([2 / 3.0], schedule.get_last_lr());
        Assert.Equal(2, schedule.LastEpoch);
    }

    [Fact]
    public void AScheduleGoesOnWhereItStopped()
    {
        using var w = new Parameter(ones(1));
        using var optimizer = optim.AdamW([w], lr: 2);
        var schedule = optim.lr_scheduler.LambdaLR(optimizer, epoch => epoch, last_epoch: 4);
        Assert.Equal((5, 10), (schedule.LastEpoch, optimizer.LearningRate));
    }
}
