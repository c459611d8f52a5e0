using MuseCluster.Training.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Stages;

[Collection(nameof(TorchTests))]
public sealed class ReconstructionLossTests
{
    [Fact]
    public void APictureIsNoDistanceFromItself_AndSomeFromAnyOther()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var wanted = (rand(2, 3, 8, 8) * 2) - 1;
        Assert.Equal(0, ReconstructionLoss.Of(wanted, wanted).item<float>());
        Assert.True(ReconstructionLoss.Of(wanted + 0.01, wanted).item<float>() > 0.01);
        Assert.True(ReconstructionLoss.Of(wanted.flip(3), wanted).item<float>() > 0.1);
    }

    [Fact]
    public void WhatIsDrawnWeighsFourTimesTheBackground()
    {
        using var scope = NewDisposeScope();
        var wanted = zeros(1, 3, 8, 8);
        wanted.narrow(2, 4, 4).fill_(1);
        // A difference of one tone over all of a half has one slope, at its edge, in both.
        float Loss(int row)
        {
            var made = wanted.clone();
            made.narrow(2, row, 4).add_(0.1);
            return ReconstructionLoss.Of(made, wanted).item<float>();
        }

        const double Slope = 0.1 / 7, Pixels = (0.1 + (2 * 0.01)) / 2;
        Assert.Equal(Pixels + Slope, Loss(0), 1e-5);
        Assert.Equal((4 * Pixels) + Slope, Loss(4), 1e-5);
    }

    [Fact]
    public void BlurringAnEdgeCostsMoreThanItsTones()
    {
        using var scope = NewDisposeScope();
        var wanted = zeros(1, 3, 8, 8);
        var even = wanted + 0.1;
        var uneven = wanted.clone();
        uneven.narrow(3, 0, 1).add_(0.8);
        Assert.Equal(0.1, even.abs().mean().item<float>(), 1e-6);
        Assert.Equal(0.1, uneven.abs().mean().item<float>(), 1e-6);
        Assert.True(ReconstructionLoss.Of(uneven, wanted).item<float>() > ReconstructionLoss.Of(even, wanted).item<float>());
    }

    [Fact]
    public void ItsGradientLeadsToThePicture()
    {
        using var scope = NewDisposeScope();
        var wanted = zeros(1, 3, 4, 4);
        var made = (wanted + 0.5).requires_grad_();
        ReconstructionLoss.Of(made, wanted).backward();
        Assert.True(made.grad!.min().item<float>() > 0);
    }
}
