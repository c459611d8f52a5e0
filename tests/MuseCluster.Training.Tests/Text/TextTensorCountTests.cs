using MuseCluster.Torch;
using MuseCluster.Training.Text;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Text;

/// <summary>The count is the process's: no other test may make tensors meanwhile.</summary>
[CollectionDefinition(nameof(TextTensorCountTests), DisableParallelization = true)]
[Collection(nameof(TextTensorCountTests))]
public sealed class TextTensorCountTests
{
    [Fact]
    public void AStepOfTrainingLeavesGradientsAlone()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long atFirst = Tensor.TotalCount;
        using (var model = new SpanCorruptionModel(T5DecoderTests.Small))
        using (SpanCorruptionBatch batch = SpanCorruptionBatch.Pad([new([5, 39, 1], [39, 6, 38, 1])], padId: 0))
        {
            long before = Tensor.TotalCount;
            using (Tensor loss = model.forward(batch))
            {
                Assert.Equal(before + 1, Tensor.TotalCount);
                loss.backward();
            }

            model.zero_grad();
            Assert.Equal(before, Tensor.TotalCount);
        }

        Assert.Equal(atFirst, Tensor.TotalCount);
    }
}
