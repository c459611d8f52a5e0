using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class ReductionTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x = tensor([3f, 1f, 2f, 4f, 6f, 5f], [2, 3]);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void SumsMeansAndProducts()
    {
        TensorAssert.Is(_x.sum(), [], [21]);
        TensorAssert.Is(_x.sum(1), [2], [6, 15]);
        TensorAssert.Is(_x.sum(-2, keepdim: true), [1, 3], [7, 7, 7]);
        TensorAssert.Is(_x.sum([0, 1]), [], [21]);
        Assert.Equal(float64, _x.sum(0, type: float64).dtype);
        TensorAssert.Is(_x.mean(), [], [3.5]);
        TensorAssert.Is(_x.mean([1], keepdim: true), [2, 1], [2, 5]);
        TensorAssert.Close(_x.prod(), [720]);
        TensorAssert.Close(_x.prod(1), [6, 120]);
        TensorAssert.Close(_x.cumsum(1), [3, 4, 6, 4, 10, 15]);
        TensorAssert.Close(_x.cumprod(1), [3, 3, 6, 4, 24, 120]);
    }

    [Fact]
    public void SpreadAndNorms()
    {
        TensorAssert.Close(_x.var([1]), [1, 1]);
        TensorAssert.Close(_x.var([1], unbiased: false), [2 / 3.0, 2 / 3.0]);
        TensorAssert.Close(_x.std([1]), [1, 1]);
        TensorAssert.Close(_x.norm(), [Math.Sqrt(91)]);
        TensorAssert.Close(_x.norm(1), [Math.Sqrt(14), Math.Sqrt(77)]);
        TensorAssert.Close(_x.norm(1, p: 1), [6, 15]);
        TensorAssert.Close(_x.logsumexp(1), [Math.Log(Math.Exp(3) + Math.Exp(1) + Math.Exp(2)), Math.Log(Math.Exp(4) + Math.Exp(6) + Math.Exp(5))]);
    }

    [Fact]
    public void ExtremesAndWhereTheyStand()
    {
        TensorAssert.Close(_x.max(), [6]);
        TensorAssert.Close(_x.min(), [1]);
        var (highest, at) = _x.max(1);
        TensorAssert.Close(highest, [3, 6]);
        TensorAssert.Close(at, [0, 1]);
        var (lowest, lowestAt) = _x.min(0, keepdim: true);
        TensorAssert.Is(lowest, [1, 3], [3, 1, 2]);
        TensorAssert.Close(lowestAt, [0, 0, 0]);
        TensorAssert.Close(_x.argmax(), [4]);
        TensorAssert.Close(_x.argmin(), [1]);
        TensorAssert.Close(_x.argmax(1), [0, 1]);
        TensorAssert.Is(_x.argmin(1, keepdim: true), [2, 1], [1, 0]);
    }

    [Fact]
    public void OrdersAndChoices()
    {
        var (values, indexes) = _x.topk(2);
        TensorAssert.Is(values, [2, 2], [3, 2, 6, 5]);
        TensorAssert.Close(indexes, [0, 2, 1, 2]);
        TensorAssert.Close(_x.topk(1, dim: 0, largest: false).values, [3, 1, 2]);
        TensorAssert.Close(_x.argsort(), [1, 2, 0, 0, 2, 1]);
        TensorAssert.Close(_x.argsort(descending: true), [0, 2, 1, 1, 2, 0]);
        TensorAssert.Close(_x.sort(0, descending: true).Values, [4, 6, 5, 3, 1, 2]);
        TensorAssert.Close(tensor([0L, 2L, 2L]).bincount(minlength: 4), [1, 0, 2, 0]);
        TensorAssert.Close(tensor([0f, 1f]).multinomial(5, replacement: true), [1, 1, 1, 1, 1]);
    }

    [Fact]
    public void TruthOfAllAndAny()
    {
        var t = tensor([true, false, true, true], [2, 2]);
        TensorAssert.Close(t.all(), [0]);
        TensorAssert.Close(t.any(), [1]);
        TensorAssert.Close(t.all(1), [0, 1]);
        TensorAssert.Is(t.any(0, keepdim: true), [1, 2], [1, 1]);
    }

    [Fact]
    public void EqualityAndCloseness()
    {
        Assert.True(_x.equal(_x.clone()));
        Assert.False(_x.equal(_x + 1e-6));
        Assert.True(_x.allclose(_x + 1e-6));
        Assert.False(allclose(_x, _x + 1));
        Assert.True(tensor([float.NaN]).allclose(tensor([float.NaN]), equal_nan: true));
    }
}
