using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class ArithmeticTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _a = tensor([1f, -2f, 3f]), _b = tensor([4f, 5f, -6f]);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void SumsDifferencesProductsAndQuotients()
    {
        TensorAssert.Close(_a + _b, [5, 3, -3]);
        TensorAssert.Close(_a + 1, [2, -1, 4]);
        TensorAssert.Close(1.5 + _a, [2.5, -0.5, 4.5]);
        TensorAssert.Close(_a.add(_b, 2), [9, 8, -9]);
        TensorAssert.Close(_a - _b, [-3, -7, 9]);
        TensorAssert.Close(_a - 1, [0, -3, 2]);
        TensorAssert.Close(1 - _a, [0, 3, -2]);
        TensorAssert.Close(_a.sub(_b, 2), [-7, -12, 15]);
        TensorAssert.Close(_a * _b, [4, -10, -18]);
        TensorAssert.Close(_a * 2, [2, -4, 6]);
        TensorAssert.Close(2 * _a, [2, -4, 6]);
        TensorAssert.Close(_a / _b, [0.25, -0.4, -0.5]);
        TensorAssert.Close(_a / 2, [0.5, -1, 1.5]);
        TensorAssert.Close(6 / _a, [6, -3, 2]);
        TensorAssert.Close(-_a, [-1, 2, -3]);
        TensorAssert.Close(tensor([7L, -7L]).remainder(3), [1, 2]);
        TensorAssert.Close(tensor([7L, -7L]).floor_divide(3), [2, -3]);
    }

    [Fact]
    public void ShapesBroadcast() =>
        TensorAssert.Is(tensor([1f, 2f]).view(2, 1) + tensor([10f, 20f, 30f]), [2, 3], [11, 21, 31, 12, 22, 32]);

    [Fact]
    public void InPlaceOperatorsChangeAndReturnTheirTensor()
    {
        Assert.Same(_a, _a.add_(_b));
        TensorAssert.Close(_a, [5, 3, -3]);
        TensorAssert.Close(_a.add_(_b, -1), [1, -2, 3]);
        TensorAssert.Close(_a.add_(1).sub_(1).sub_(_b), [-3, -7, 9]);
        TensorAssert.Close(_a.add_(_b).mul_(_b), [4, -10, -18]);
        TensorAssert.Close(_a.mul_(2).div_(2).div_(_b), [1, -2, 3]);
        TensorAssert.Close(_a.addcmul(_b, _b, 0.5), [9, 10.5, 21]);
        TensorAssert.Close(_a.addcmul_(_b, _b, 0.5), [9, 10.5, 21]);
        TensorAssert.Close(_a.addcdiv_(_b, _b, -1), [8, 9.5, 20]);
        TensorAssert.Close(_a.lerp_(_b, 0.5), [6, 7.25, 7]);
        TensorAssert.Close(_a.fill_(3), [3, 3, 3]);
        TensorAssert.Close(_a.copy_(tensor([1L])), [1, 1, 1]);
        TensorAssert.Close(_a.zero_(), [0, 0, 0]);
    }

    [Fact]
    public void ComparisonsGiveTruthValues()
    {
        var two = tensor([2f, 2f, 2f]);
        var x = tensor([1f, 2f, 3f]);
        Assert.Equal(ScalarType.Bool, x.eq(2).dtype);
        TensorAssert.Close(x.eq(2), [0, 1, 0]);
        TensorAssert.Close(x.eq(two), [0, 1, 0]);
        TensorAssert.Close(x.ne(2), [1, 0, 1]);
        TensorAssert.Close(x.ne(two), [1, 0, 1]);
        TensorAssert.Close(x.lt(2), [1, 0, 0]);
        TensorAssert.Close(x.lt(two), [1, 0, 0]);
        TensorAssert.Close(x.le(2), [1, 1, 0]);
        TensorAssert.Close(x.le(two), [1, 1, 0]);
        TensorAssert.Close(x.gt(2), [0, 0, 1]);
        TensorAssert.Close(x.gt(two), [0, 0, 1]);
        TensorAssert.Close(x.ge(2), [0, 1, 1]);
        TensorAssert.Close(x.ge(two), [0, 1, 1]);
        var (p, q) = (tensor([true, true, false, false]), tensor([true, false, true, false]));
        TensorAssert.Close(p.logical_and(q), [1, 0, 0, 0]);
        TensorAssert.Close(p.logical_or(q), [1, 1, 1, 0]);
        TensorAssert.Close(p.logical_xor(q), [0, 1, 1, 0]);
        TensorAssert.Close(p.logical_not(), [0, 0, 1, 1]);
    }

    [Fact]
    public void AnIntegralScalarKeepsIntegersIntegral()
    {
        Assert.Equal(ScalarType.Int64, (tensor([1L]) + 1).dtype);
        Assert.Equal(ScalarType.Float32, (tensor([1L]) + 1.0).dtype);
        Assert.Equal((1L << 53) + 1, (tensor([1L << 53]) + 1L).item<long>());
    }

    [Fact]
    public void MatrixProducts()
    {
        var m = arange(6, float32).view(2, 3);
        var n = arange(6, float32).view(3, 2);
        double[] product = [10, 13, 28, 40];
        TensorAssert.Is(m.mm(n), [2, 2], product);
        TensorAssert.Is(m.matmul(n), [2, 2], product);
        TensorAssert.Is(matmul(m, n), [2, 2], product);
        TensorAssert.Is(bmm(m.unsqueeze(0), n.unsqueeze(0)), [1, 2, 2], product);
        TensorAssert.Close(ones(2, 2).addmm(m, n, beta: 2, alpha: 0.5f), [7, 8.5, 16, 22]);
        TensorAssert.Close(ones(1, 2, 2).baddbmm(m.unsqueeze(0), n.unsqueeze(0), 0, 1), product);
        TensorAssert.Is(outer(tensor([1f, 2f]), tensor([3f, 4f])), [2, 2], [3, 4, 6, 8]);
        TensorAssert.Close(tensor([1f, 2f]).dot(tensor([3f, 4f])), [11]);
        TensorAssert.Is(einsum("ij,jk->ik", m, n), [2, 2], product);
        TensorAssert.Is(m.t(), [3, 2], [0, 3, 1, 4, 2, 5]);
    }
}
