using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Stages;

[Collection(nameof(TorchTests))]
public sealed class CodebookAveragesTests
{
    [Fact]
    public void TheStartSpreadsTheCodesOverTheClusters()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        manual_seed(1);
        using var quantizer = new VectorQuantizer(8, 3);
        var centres = tensor(Enumerable.Range(0, 24).Select(i => (((i / 3) >> (i % 3)) & 1) == 1 ? 10f : -10f).ToArray(), [8, 3]);
        // One cluster is far larger than the others: codes drawn evenly among latents would crowd there.
        var latents = cat([.. Enumerable.Range(0, 8).Select(c => centres.narrow(0, c, 1) + (randn(c == 0 ? 2000 : 20, 3) * 0.1))]);
        var random = new SceneRandom(5, 0);
        new CodebookAverages(quantizer, 0.9).Start(latents, ref random);

        var distance = (latents - nn.functional.embedding(quantizer.Nearest(latents), quantizer.codebook)).square().sum(1).sqrt();
        Assert.True(distance.max().item<float>() < 2, $"a latent is {distance.max().item<float>()} from its code");
    }

    [Fact]
    public void CodesMoveToTheMeanOfTheirLatents()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var quantizer = new VectorQuantizer(2, 2);
        quantizer.codebook.copy_(tensor([-1f, 0, 1, 0], [2, 2]));
        var averages = new CodebookAverages(quantizer, 0.8);
        foreach (var (name, value) in averages.State)
            value.copy_(name == "sum" ? quantizer.codebook : ones(2));
        var latents = tensor([-3f, 1, -5, 3, 4, 4, 6, 8, 5, 0], [5, 2]);
        var indices = tensor([0L, 0, 1, 1, 1]);

        // One step: sum 0.8 x (-1, 0) + 0.2 x (-8, 4), count 0.8 + 0.2 x 2.
        var random = new SceneRandom(1, 0);
        Assert.Equal(0, averages.Update(latents, indices, ref random));
        Close([-2.4 / 1.2, 0.8 / 1.2, 3.8 / 1.4, 2.4 / 1.4], quantizer.codebook);
        for (var i = 0; i < 100; i++)
            averages.Update(latents, indices, ref random);
        Close([-4, 2, 5, 4], quantizer.codebook);
    }

    [Fact]
    public void CodesThatNothingChoosesRestartAtLatentsThatAreQuantisedBadly()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var quantizer = new VectorQuantizer(3, 1);
        quantizer.codebook.copy_(tensor([0f, 100, 200], [3, 1]));
        var averages = new CodebookAverages(quantizer, 0.5);
        averages.State["sum"].copy_(quantizer.codebook);
        // Most latents sit on code 0; two are far from it, and no code is near them.
        var latents = tensor([.. Enumerable.Repeat(0f, 50), 30, 40], [52, 1]);
        var restarted = 0;
        for (var step = 0; step < 40; step++)
        {
            var random = new SceneRandom(2, (ulong)step);
            restarted += averages.Update(latents, quantizer.Nearest(latents), ref random);
        }
        Assert.True(restarted >= 2);
        var codes = quantizer.codebook.ToArray<float>();
        Assert.All(codes, c => Assert.InRange(c, -1, 41));
        var error = (latents - nn.functional.embedding(quantizer.Nearest(latents), quantizer.codebook)).abs().max().item<float>();
        Assert.True(error < 1, $"{error} with codes {string.Join(", ", codes)}");
    }

    [Fact]
    public void EqualChoicesGiveEqualCodes()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        manual_seed(2);
        var latents = randn(200, 4);
        float[] Codes()
        {
            using var quantizer = new VectorQuantizer(16, 4);
            var averages = new CodebookAverages(quantizer, 0.9);
            var random = new SceneRandom(3, 0);
            averages.Start(latents, ref random);
            for (var i = 0; i < 20; i++)
                averages.Update(latents.narrow(0, i * 10, 10), quantizer.Nearest(latents.narrow(0, i * 10, 10)), ref random);
            return quantizer.codebook.ToArray<float>();
        }
        Assert.Equal(Codes(), Codes());
    }

    private static void Close(double[] expected, Tensor actual) =>
        Assert.All(expected.Zip(actual.ToArray<float>()), p => Assert.Equal(p.First, p.Second, 1e-4));
}
