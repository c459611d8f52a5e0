using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Autograd;

public sealed class GradientTests : IDisposable
{
    private const double Step = 1e-6;
    private readonly DisposeScope _scope = NewDisposeScope();

    public GradientTests() => manual_seed(3);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Linear() => Check(t => nn.functional.linear(t[0], t[1], t[2]), Random(2, 3), Random(4, 3), Random(4));

    [Fact]
    public void Convolution() => Check(
        t => nn.functional.conv2d(t[0], t[1], t[2], strides: [2, 2], padding: [1, 1]), Random(2, 2, 5, 5), Random(3, 2, 3, 3), Random(3));

    [Fact]
    public void GroupedConvolution() => Check(
        t => nn.functional.conv2d(t[0], t[1], dilation: [2, 2], groups: 2), Random(1, 2, 5, 5), Random(4, 1, 2, 2));

    [Fact]
    public void LayerNorm() => Check(t => nn.functional.layer_norm(t[0], [4], t[1], t[2]), Random(3, 4), Random(4), Random(4));

    [Fact]
    public void GroupNorm() => Check(t => nn.functional.group_norm(t[0], 2, t[1], t[2]), Random(2, 4, 3), Random(4), Random(4));

    [Fact]
    public void Attention()
    {
        var mask = tensor([0.0, double.NegativeInfinity, 0.3, 0, 0, 0], [2, 3]);
        Check(t => nn.functional.scaled_dot_product_attention(t[0], t[1], t[2], mask), Random(1, 2, 2, 4), Random(1, 2, 3, 4), Random(1, 2, 3, 4));
    }

    [Fact]
    public void Embedding()
    {
        var index = tensor([0L, 2L, 2L, 1L], [2, 2]);
        Check(t => nn.functional.embedding(index, t[0]), Random(3, 2));
    }

    [Fact]
    public void CrossEntropy()
    {
        var target = tensor([0L, 2L, -100L]);
        Check(t => nn.functional.cross_entropy(t[0], target, label_smoothing: 0.1), Random(3, 4));
    }

    [Fact]
    public void PointwiseFunctions() => Check(
        t => t[0].silu() + t[0].gelu() + t[0].tanh() + t[0].sigmoid() + t[0].exp() + nn.functional.softplus(t[0]) + t[0].square().add(1).log() + t[0].softmax(-1), Random(2, 3));

    [Fact]
    public void ShapesAndIndices()
    {
        var index = tensor([1L, 0L]);
        Check(t => cat([t[0].t().narrow(0, 1, 2), t[0].index_select(1, index).expand(2, 2)], 1).roll(1, 0).flip(1), Random(2, 3));
    }

    [Fact]
    public void UpAndDownSampling() => Check(
        t => nn.functional.avg_pool2d(nn.functional.pad(nn.functional.interpolate(t[0], [2, 2]), [1, 1, 1, 1]), 2), Random(1, 1, 2, 2));

    [Fact]
    public void GradientsAddUpUntilTheyAreDropped()
    {
        var x = ones([2], requires_grad: true);
        (x * 3).sum().backward();
        (x * 4).sum().backward();
        TensorAssert.Close(x.grad!, [7, 7]);
        x.grad = null;
        Assert.Null(x.grad);
        x.grad = tensor([1f, 2f]);
        TensorAssert.Close(x.grad!, [1, 2]);
    }

    [Fact]
    public void ASecondPassNeedsTheGraphKept()
    {
        var x = ones([1], requires_grad: true);
        var y = x.square().sum();
        y.backward(retain_graph: true);
        y.backward();
        TensorAssert.Close(x.grad!, [4]);
        Assert.Equal("backward", Assert.Throws<TorchException>(() => y.backward()).Operation);
    }

    [Fact]
    public void AGradientMayArriveFromOutside()
    {
        var x = ones([2], requires_grad: true);
        (x * 2).backward(tensor([1f, 10f]));
        TensorAssert.Close(x.grad!, [2, 20]);
        Assert.Throws<TorchException>(() => (x * 2).backward());
        Assert.Throws<TorchException>(() => (x * 2).backward(ones(3)));
        Assert.Throws<TorchException>(() => ones(1).backward());
    }

    [Fact]
    public void GradientsHaveGradients()
    {
        var x = full([1], 3f, requires_grad: true);
        x.pow(3).sum().backward(create_graph: true);
        var first = x.grad!;
        TensorAssert.Close(first, [27]);
        x.grad = null;
        first.sum().backward();
        TensorAssert.Close(x.grad!, [18]);
        x.grad = null;
    }

    [Fact]
    public void LeavesAndComputedTensorsDiffer()
    {
        var x = ones([1], requires_grad: true);
        var y = x * 2;
        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
        Assert.True(y.requires_grad);
        Assert.False(y.detach().requires_grad);
        Assert.Null(y.detach().grad);
        Assert.Throws<TorchException>(() => x.add_(1));
        Assert.Throws<TorchException>(() => ones([1], int64).requires_grad_());
    }

    private static Tensor Random(params long[] size) => randn(size, float64, requires_grad: true);

    // Central differences of a random projection of the output, against what backward gives.
    private static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var output = function(inputs);
        using var weights = randn(output.shape, float64);
        output.backward(weights);
        using var guard = no_grad();
        foreach (var input in inputs)
        {
            var gradient = input.grad!.ToArray<double>();
            for (var i = 0; i < gradient.Length; i++)
            {
                var kept = input.data<double>()[i];
                input.data<double>()[i] = kept + Step;
                var above = Projected();
                input.data<double>()[i] = kept - Step;
                var below = Projected();
                input.data<double>()[i] = kept;
                Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-6);
            }
        }

        double Projected()
        {
            using var scope = NewDisposeScope();
            return (function(inputs) * weights).sum().item<double>();
        }
    }
}
