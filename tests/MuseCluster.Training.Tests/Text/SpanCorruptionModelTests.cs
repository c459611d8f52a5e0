using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using MuseCluster.Training.Text;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Text;

public sealed class SpanCorruptionModelTests
{
    private static readonly CorruptedText Short = new([5, 39, 1], [39, 6, 38, 1]);
    private static readonly CorruptedText Long = new([39, 9, 10, 38, 12, 1], [39, 7, 8, 38, 11, 13, 37, 1]);

    [Fact]
    public void BatchesShiftTargetsAndPadAtTheEnd()
    {
        using SpanCorruptionBatch batch = SpanCorruptionBatch.Pad([Short, Long], padId: 0);
        Assert.Equal([5, 39, 1, 0, 0, 0, 39, 9, 10, 38, 12, 1], batch.InputIds.ToArray<long>());
        Assert.Equal([1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1], batch.InputMask.ToArray<byte>());
        Assert.Equal([39, 6, 38, 1, -100, -100, -100, -100, 39, 7, 8, 38, 11, 13, 37, 1], batch.Labels.ToArray<long>());
        Assert.Equal([0, 39, 6, 38], batch.DecoderIds.ToArray<long>()[..4]);
        Assert.Equal([0, 39, 7, 8, 38, 11, 13, 37], batch.DecoderIds.ToArray<long>()[8..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void PaddingTakesNoPartInTheLoss(double smoothing)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using var model = new SpanCorruptionModel(T5DecoderTests.Small, smoothing);
        double Loss(params CorruptedText[] texts)
        {
            using SpanCorruptionBatch batch = SpanCorruptionBatch.Pad(texts, padId: 0);
            return model.forward(batch).item<float>();
        }

        Assert.Equal(((4 * Loss(Short)) + (8 * Loss(Long))) / 12, Loss(Short, Long), 4);
    }

    [Fact]
    public void ANewModelKnowsNothingAndAFewStepsTeachItABatch()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        using var model = new SpanCorruptionModel(T5DecoderTests.Small);
        using optim.Optimizer optimizer = optim.AdamW(model.parameters(), lr: 1e-2, weight_decay: 0);
        using SpanCorruptionBatch batch = ToyBatch();
        float first = 0, last = 0;
        for (int step = 0; step < 60; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = model.forward(batch);
            loss.backward();
            Assert.All(model.named_parameters(), p => Assert.NotNull(p.parameter.grad));
            optimizer.step();
            last = loss.item<float>();
            if (step == 0) first = last;
        }

        Assert.InRange(first, 0.7 * Math.Log(40), 1.5 * Math.Log(40));
        Assert.True(last < 0.3 * first, $"the loss went from {first} to {last}");
    }

    private static SpanCorruptionBatch ToyBatch()
    {
        var corruption = new SpanCorruption(new() { Sentinels = SpanCorruptionOptions.LastIds(40, 8) });
        var random = new Random(4);
        return SpanCorruptionBatch.Pad(
            [.. Enumerable.Range(0, 8).Select(i => corruption.Corrupt([.. Enumerable.Range(2 + i, 8 + i)], random.NextDouble))], padId: 0);
    }
}
