using MuseCluster.Models.Networks.T5;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

/// <summary>The count is the process's: no other test may make tensors meanwhile.</summary>
[CollectionDefinition(nameof(T5TensorCountTests), DisableParallelization = true)]
[Collection(nameof(T5TensorCountTests))]
public sealed class T5TensorCountTests
{
    public T5TensorCountTests()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AForwardLeavesItsResultAlone(bool recording)
    {
        using IDisposable mode = enable_grad(recording);
        using var encoder = new T5Encoder(T5EncoderTests.Small);
        using Tensor ids = zeros([2, 7], int64), mask = ones([2, 7], int64);
        long before = Tensor.TotalCount;
        Tensor result = encoder.forward(ids, mask);
        Assert.Equal(before + 1, Tensor.TotalCount);
        result.Dispose();
        foreach (Tensor state in encoder.HiddenStates(ids)) state.Dispose();
        encoder.PositionBias(9).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void AnEncoderTakesItsTensorsWithIt()
    {
        long before = Tensor.TotalCount;
        new T5Encoder(T5EncoderTests.Small).Dispose();
        using (new T5GoldenCase("t5_v11_fp16"))
            Assert.True(Tensor.TotalCount > before);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
