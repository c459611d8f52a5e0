using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

public sealed class T5RelativeBiasTests
{
    [Theory]
    [InlineData(true, 32, 128)]
    [InlineData(false, 32, 128)]
    [InlineData(true, 64, 300)]
    [InlineData(false, 16, 20)]
    public void BucketsAreThoseOfTheReference(bool bidirectional, int buckets, int maxDistance)
    {
        const int reach = 2000;
        using DisposeScope scope = NewDisposeScope();
        using var bias = new T5RelativeBias(
            T5EncoderTests.Small with { RelativeAttentionNumBuckets = buckets, RelativeAttentionMaxDistance = maxDistance }, bidirectional);
        long[] expected = Reference(arange(-reach, reach + 1, 1, int64), bidirectional, buckets, maxDistance).ToArray<long>();
        Assert.Equal(expected, Enumerable.Range(-reach, (2 * reach) + 1).Select(bias.Bucket));
        Assert.Equal(buckets - 1, expected.Max());
    }

    [Fact]
    public void EntriesDependOnHeadAndDistance()
    {
        using DisposeScope scope = NewDisposeScope();
        using var bias = new T5RelativeBias(T5EncoderTests.Small, bidirectional: true);
        bias.weight.requires_grad = false;
        bias.weight.copy_(arange(32 * 3, float32).view(32, 3));
        Tensor all = bias.forward(5);
        Assert.Equal([1, 3, 5, 5], all.shape);
        Assert.True(all.is_contiguous());
        Assert.Equal((3 * 2) + 1, all.select(1, 1).select(1, 3).select(1, 1).item<float>()); // two back
        Assert.Equal((3 * (16 + 2)) + 1, all.select(1, 1).select(1, 1).select(1, 3).item<float>()); // two ahead
    }

    // T5Attention._relative_position_bucket of transformers, line by line.
    private static Tensor Reference(Tensor relative, bool bidirectional, int buckets, int maxDistance)
    {
        Tensor result = zeros_like(relative);
        if (bidirectional)
        {
            buckets /= 2;
            result = result + (relative.gt(0).to(int64) * buckets);
            relative = relative.abs();
        }
        else
        {
            relative = relative.minimum(zeros_like(relative)).neg();
        }

        int exact = buckets / 2;
        Tensor large = ((relative.to(float32) / exact).log() / Math.Log((double)maxDistance / exact) * (buckets - exact)).to(int64) + exact;
        return result + where(relative.lt(exact), relative, large.clamp(max: buckets - 1));
    }
}
