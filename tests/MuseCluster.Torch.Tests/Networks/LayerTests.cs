using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Networks;

public sealed class LayerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void LinearMultipliesByTheTransposedWeight()
    {
        TensorAssert.Is(nn.functional.linear(tensor([1f, 2f], [1, 2]), tensor([3f, 4f, 5f, 6f, 7f, 8f], [3, 2]), tensor([0f, 1f, 2f])), [1, 3], [11, 18, 25]);
        TensorAssert.Is(nn.functional.linear(tensor([1f, 2f]), tensor([3f, 4f], [1, 2])), [1], [11]);
    }

    [Fact]
    public void ConvolutionIsCrossCorrelation()
    {
        var x = arange(9, float32).view(1, 1, 3, 3);
        var k = tensor([1f, 2f, 3f, 4f], [1, 1, 2, 2]);
        TensorAssert.Is(nn.functional.conv2d(x, k), [1, 1, 2, 2], [0 + 2 + 9 + 16, 1 + 4 + 12 + 20, 3 + 8 + 18 + 28, 4 + 10 + 21 + 32]);
        TensorAssert.Is(nn.functional.conv2d(x, k, tensor([10f]), strides: [2, 2]), [1, 1, 1, 1], [37]);
        TensorAssert.Is(nn.functional.conv2d(x, k, padding: [1, 1], dilation: [2, 2]), [1, 1, 3, 3], [16, 12 + 20, 16, 8 + 28, 0 + 4 + 18 + 32, 3 + 28 - 28 + 18, 8, 6 + 10, 5], 30);
        Assert.Equal([1, 1, 3, 3], nn.functional.conv2d(x, k, padding: [1, 1], dilation: [2, 2]).shape);
    }

    [Fact]
    public void TransposedConvolutionSpreadsEachElement()
    {
        var x = tensor([1f, 10f], [1, 1, 1, 2]);
        var k = tensor([1f, 2f, 3f, 4f], [1, 1, 2, 2]);
        TensorAssert.Is(nn.functional.conv_transpose2d(x, k), [1, 1, 2, 3], [1, 2 + 10, 20, 3, 4 + 30, 40]);
        TensorAssert.Is(nn.functional.conv_transpose2d(x, k, tensor([100f]), stride: [2, 2]), [1, 1, 2, 4], [101, 102, 110, 120, 103, 104, 130, 140]);
        TensorAssert.Is(nn.functional.conv_transpose2d(x, k, stride: [2, 2], padding: [1, 1], output_padding: [1, 1]), [1, 1, 1, 3], [4, 30, 40]);

        // The weight's first dimension is what comes in: 2 channels to 3.
        using var layer = nn.ConvTranspose2d(2, 3, kernel_size: 2, stride: 2);
        Assert.Equal([2, 3, 2, 2], layer.weight.shape);
        Assert.Equal([3], layer.bias!.shape);
        using var grad = no_grad();
        layer.weight.copy_(arange(24, float32).view(2, 3, 2, 2));
        layer.bias.zero_();
        TensorAssert.Is(layer.forward(tensor([1f, 100f], [1, 2, 1, 1])), [1, 3, 2, 2], [.. Enumerable.Range(0, 12).Select(i => i + (100.0 * (12 + i)))]);
        using var plain = nn.ConvTranspose2d(2, 3, 2, bias: false);
        Assert.Null(plain.bias);
        using var enlarging = nn.ConvTranspose2d(3, 5, 4, stride: 2, padding: 1);
        Assert.Equal([2, 5, 6, 14], enlarging.call(randn(2, 3, 3, 7)).shape);
    }

    [Fact]
    public void NormalisationsHaveZeroMeanAndUnitVariance()
    {
        var s = Math.Sqrt(2 / 3.0);
        TensorAssert.Close(nn.functional.layer_norm(tensor([1f, 2f, 3f]), [3], eps: 0), [-1 / s, 0, 1 / s]);
        TensorAssert.Close(nn.functional.layer_norm(tensor([1f, 2f, 3f]), [3], tensor([1f, 2f, 3f]), tensor([1f, 1f, 1f]), 0), [1 - (1 / s), 1, 1 + (3 / s)]);
        TensorAssert.Close(nn.functional.group_norm(tensor([1f, 3f, 10f, 30f], [1, 4, 1]), 2, eps: 0), [-1, 1, -1, 1]);
        TensorAssert.Close(nn.functional.group_norm(tensor([1f, 3f], [1, 2, 1]), 1, tensor([2f, 3f]), tensor([0f, 1f]), 0), [-2, 4]);
    }

    [Fact]
    public void AttentionAveragesValues()
    {
        var q = tensor([2f, 0f], [1, 2]);
        var k = tensor([1f, 0f, 0f, 1f], [2, 2]);
        var v = tensor([10f, 20f], [2, 1]);
        var w = 1 / (1 + Math.Exp(-2 / Math.Sqrt(2)));
        TensorAssert.Is(nn.functional.scaled_dot_product_attention(q, k, v), [1, 1], [(10 * w) + (20 * (1 - w))]);
        TensorAssert.Close(nn.functional.scaled_dot_product_attention(q, k, v, tensor([float.NegativeInfinity, 0f], [1, 2])), [20]);
        TensorAssert.Close(nn.functional.scaled_dot_product_attention(q, k, v, tensor([true, false], [1, 2])), [10]);
    }

    [Fact]
    public void LossesHaveTheirValues()
    {
        var logits = tensor([1f, 2f, 3f, 1f, 1f, 1f], [2, 3]);
        var row = Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3));
        double[] each = [row - 1, Math.Log(3)];
        var target = tensor([0L, 2L]);
        TensorAssert.Close(nn.functional.cross_entropy(logits, target), [each.Average()]);
        TensorAssert.Close(nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.None), each);
        TensorAssert.Close(nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.Sum), [each.Sum()]);
        TensorAssert.Close(nn.functional.cross_entropy(logits, tensor([0L, -100L])), [each[0]]);
        TensorAssert.Close(nn.functional.cross_entropy(logits, tensor([0L, 1L]), ignore_index: 1), [each[0]]);
        TensorAssert.Close(nn.functional.cross_entropy(logits, target, tensor([3f, 1f, 1f])), [((3 * each[0]) + each[1]) / 4]);
        var smooth = (0.9 * each[0]) + (0.1 * ((3 * row) - 6) / 3);
        TensorAssert.Close(nn.functional.cross_entropy(logits, target, label_smoothing: 0.1, reduction: nn.Reduction.None), [smooth, each[1]]);
        using var loss = nn.CrossEntropyLoss();
        TensorAssert.Close(loss.call(logits, target), [each.Average()]);

        var (a, b) = (tensor([1f, 2f]), tensor([3f, 5f]));
        TensorAssert.Close(nn.functional.mse_loss(a, b), [6.5]);
        TensorAssert.Close(nn.functional.mse_loss(a, b, nn.Reduction.Sum), [13]);
        TensorAssert.Close(nn.functional.l1_loss(a, b), [2.5]);
        TensorAssert.Close(nn.MSELoss().call(a, b), [6.5]);
        TensorAssert.Close(nn.L1Loss(nn.Reduction.None).call(a, b), [2, 3]);
    }

    [Fact]
    public void PicturesAreResizedAndPadded()
    {
        var x = tensor([1f, 2f, 3f, 4f], [1, 1, 2, 2]);
        TensorAssert.Is(nn.functional.interpolate(x, [2, 2]), [1, 1, 4, 4], [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
        TensorAssert.Is(nn.functional.avg_pool2d(x, 2), [1, 1, 1, 1], [2.5]);
        TensorAssert.Is(nn.functional.pad(x, [1, 0, 0, 1], 9), [1, 1, 3, 3], [9, 1, 2, 9, 3, 4, 9, 9, 9]);
        TensorAssert.Is(nn.functional.one_hot(tensor([0L, 2L]), 3), [2, 3], [1, 0, 0, 0, 0, 1]);
        TensorAssert.Is(nn.functional.embedding(tensor([1L, 0L]), tensor([1f, 2f, 3f, 4f], [2, 2])), [2, 2], [3, 4, 1, 2]);
    }

    [Fact]
    public void BatchNormalisationKeepsRunningAveragesForEvaluation()
    {
        var x = tensor([1f, 3f, 10f, 30f], [2, 2, 1, 1]);
        TensorAssert.Close(
            nn.functional.batch_norm(x, tensor([1f, 10f]), tensor([4f, 100f]), tensor([2f, 1f]), tensor([0f, 5f]), eps: 0), [0, 4.3, 9, 7]);

        using var norm = nn.BatchNorm2d(2, eps: 0);
        TensorAssert.Close(norm.call(x), [-1, -1, 1, 1]);
        TensorAssert.Close(norm.running_mean, [0.55, 1.65]);
        TensorAssert.Close(norm.running_var, [0.9 + 4.05, 0.9 + 36.45]);
        norm.eval();
        TensorAssert.Close(norm.call(x), [0.45 / Math.Sqrt(4.95), 1.35 / Math.Sqrt(37.35), 9.45 / Math.Sqrt(4.95), 28.35 / Math.Sqrt(37.35)]);
        Assert.Equal(1, norm.num_batches_tracked.item<long>());
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], norm.state_dict().Keys);
    }

    [Fact]
    public void PixelsAreFoldedIntoChannelsAndBack()
    {
        var x = tensor([1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f], [1, 1, 2, 4]);
        var folded = nn.PixelUnshuffle(2).call(x);
        TensorAssert.Is(folded, [1, 4, 1, 2], [1, 3, 2, 4, 5, 7, 6, 8]);
        TensorAssert.Is(nn.PixelShuffle(2).call(folded), [1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
        TensorAssert.Is(nn.ReplicationPad2d(1).call(tensor([1f, 2f], [1, 1, 1, 2])), [1, 1, 3, 4], [1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
    }

    [Fact]
    public void DropoutKeepsTheMean()
    {
        manual_seed(5);
        var y = nn.functional.dropout(ones(10_000), 0.25);
        Assert.InRange(y.mean().item<float>(), 0.97f, 1.03f);
        Assert.Equal([0f, 4 / 3f], y.ToArray<float>().Distinct().Order());
        TensorAssert.Close(nn.functional.dropout(ones(2), 0.5, training: false), [1, 1]);
    }

    [Fact]
    public void InitialWeightsHavePyTorchsRange()
    {
        manual_seed(5);
        using var linear = nn.Linear(16, 64);
        Assert.InRange(linear.weight.abs().max().item<float>(), 0.2f, 0.25f);
        Assert.InRange(linear.bias!.abs().max().item<float>(), 0.2f, 0.25f);
        using var conv = nn.Conv2d(4, 16, 2, groups: 2);
        Assert.Equal([16, 2, 2, 2], conv.weight.shape);
        Assert.InRange(conv.weight.abs().max().item<float>(), 0.3f, (float)(1 / Math.Sqrt(8)));
        using var embedding = nn.Embedding(100, 10);
        Assert.InRange(embedding.weight.var([0, 1]).item<float>(), 0.9f, 1.1f);
        using var plain = nn.LayerNorm([2, 3], bias: false);
        Assert.Equal([2, 3], plain.weight!.shape);
        Assert.Null(plain.bias);
        TensorAssert.Close(nn.init.constant_(empty(2), 2), [2, 2]);
        TensorAssert.Close(nn.init.zeros_(empty(2)), [0, 0]);
        Assert.InRange(nn.init.normal_(empty(10_000), 5, 2).mean().item<float>(), 4.9f, 5.1f);
        var u = nn.init.uniform_(empty(1000), 3, 4);
        Assert.True(u.ge(3).all().item<bool>() && u.lt(4).all().item<bool>());
    }

    [Fact]
    public void ModulesComputeWhatTheirFunctionsDo()
    {
        var x = randn(2, 4, 5, 5);
        using var conv = nn.Conv2d(4, 6, 3, stride: 2, padding: 1);
        Assert.True(conv.call(x).equal(nn.functional.conv2d(x, conv.weight, conv.bias, [2, 2], [1, 1])));
        using var norm = nn.GroupNorm(2, 4);
        Assert.True(norm.call(x).equal(nn.functional.group_norm(x, 2, norm.weight, norm.bias)));
        using var layer = nn.LayerNorm(5);
        Assert.True(layer.call(x).equal(nn.functional.layer_norm(x, [5], layer.weight, layer.bias)));
        Assert.True(nn.Sigmoid().call(x).equal(x.sigmoid()));
        Assert.True(nn.Tanh().call(x).equal(x.tanh()));
        Assert.True(nn.GELU().call(x).equal(nn.functional.gelu(x)));
        Assert.True(nn.SiLU().call(x).equal(nn.functional.silu(x)));
        Assert.True(nn.ReLU().call(x).equal(nn.functional.relu(x)));
        Assert.True(nn.functional.log_softmax(x, 1).equal(x.log_softmax(1)));
    }

    [Fact]
    public void GradientsAreClippedByTheirJointNorm()
    {
        var a = zeros([1], requires_grad: true);
        var b = zeros([1], float64, requires_grad: true);
        (a * 3).sum().backward();
        (b * 4).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 10), 1e-6);
        TensorAssert.Close(a.grad!, [3]);
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 1), 1e-6);
        TensorAssert.Close(a.grad!, [0.6]);
        TensorAssert.Close(b.grad!, [0.8]);
        Assert.Equal(0, nn.utils.clip_grad_norm_([zeros(1)], 1));
    }
}
