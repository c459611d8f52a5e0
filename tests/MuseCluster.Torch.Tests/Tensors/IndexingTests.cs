using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class IndexingTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x = arange(24, float32).view(2, 3, 4);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void PlacesAndRanges()
    {
        TensorAssert.Is(_x[1, 2, 3], [], [23]);
        TensorAssert.Is(_x[-1, 0], [4], [12, 13, 14, 15]);
        TensorAssert.Is(_x[0, 1..], [2, 4], [4, 5, 6, 7, 8, 9, 10, 11]);
        TensorAssert.Is(_x[0, ^1.., ..^2], [1, 2], [8, 9]);
        TensorAssert.Is(_x[.., 0, TensorIndex.Slice(step: 3)], [2, 2], [0, 3, 12, 15]);
        TensorAssert.Is(_x[TensorIndex.Slice(1, 2), 1, TensorIndex.Slice(null, -2)], [1, 2], [16, 17]);
        TensorAssert.Is(_x[TensorIndex.Single(0), TensorIndex.Colon, 0], [3], [0, 4, 8]);
    }

    [Fact]
    public void EllipsisAndNewDimensions()
    {
        TensorAssert.Is(_x[TensorIndex.Ellipsis, 0], [2, 3], [0, 4, 8, 12, 16, 20]);
        TensorAssert.Is(_x[0, TensorIndex.Ellipsis, 1], [3], [1, 5, 9]);
        Assert.Equal([1, 2, 3, 4], _x[TensorIndex.Null].shape);
        Assert.Equal([2, 3, 4, 1], _x[TensorIndex.Ellipsis, TensorIndex.None].shape);
        Assert.Equal([2, 3, 4], _x[TensorIndex.Ellipsis].shape);
        Assert.Equal([3, 1, 4], _x[0, .., TensorIndex.Null].shape);
    }

    [Fact]
    public void IndexTensorsAndMasks()
    {
        TensorAssert.Is(_x[0, tensor([2L, 0L]), 1], [2], [9, 1]);
        TensorAssert.Is(_x[.., .., tensor([3L])], [2, 3, 1], [3, 7, 11, 15, 19, 23]);
        TensorAssert.Is(_x[_x.gt(21)], [2], [22, 23]);
        var mask = tensor([true, false, false, false, false, true], [2, 3]);
        TensorAssert.Is(_x[mask], [2, 4], [0, 1, 2, 3, 20, 21, 22, 23]);
        TensorAssert.Is(_x[mask, 1..3], [2, 2], [1, 2, 21, 22]);
        TensorAssert.Is(_x[TensorIndex.Ellipsis, tensor([true, false, false, true])], [2, 3, 2], [0, 3, 4, 7, 8, 11, 12, 15, 16, 19, 20, 23]);
    }

    [Fact]
    public void PartsAreViewsUnlessIndexedByTensors()
    {
        _x[0, 0].zero_();
        TensorAssert.Close(_x[0, 0], [0, 0, 0, 0]);
        _x[tensor([1L])].zero_();
        TensorAssert.Close(_x[1, 0], [12, 13, 14, 15]);
    }

    [Fact]
    public void SettingWritesIntoTheTensor()
    {
        _x[0, 0] = tensor([9f, 8f, 7f, 6f]);
        TensorAssert.Close(_x[0, 0], [9, 8, 7, 6]);
        _x[1, .., 0] = tensor([5f]);
        TensorAssert.Close(_x[1, .., 0], [5, 5, 5]);
        _x[_x.ge(20)] = tensor(-1f);
        TensorAssert.Close(_x[1, 2], [5, -1, -1, -1]);
        _x[0, tensor([1L, 2L]), 3] = tensor([100f, 200f]);
        TensorAssert.Close(_x[0, TensorIndex.Colon, 3], [6, 100, 200]);
    }

    [Fact]
    public void WrongIndicesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => _x[0, 0, 0, 0]);
        Assert.Throws<ArgumentException>(() => _x[TensorIndex.Ellipsis, TensorIndex.Ellipsis]);
        Assert.Throws<TorchException>(() => _x[7]);
        Assert.Throws<TorchException>(() => _x[tensor([7L])]);
        Assert.Throws<TorchException>(() => _x[tensor([true])]);
        Assert.Throws<TorchException>(() => _x[TensorIndex.Slice(step: -1)]);
    }

    [Fact]
    public void NothingIsLeftBehind() => TensorAssert.LeavesNothing(() =>
    {
        using var part = _x[0, 1.., TensorIndex.Null];
        using var chosen = _x[0, .., TensorIndex.Null];
        using var row = part[0];
        chosen[0] = row;
    });

    [Fact]
    public void GradientsFlowThrough()
    {
        var x = zeros([2, 3], requires_grad: true);
        x[1, tensor([0L, 0L])].sum().backward();
        TensorAssert.Close(x.grad!, [0, 0, 0, 2, 0, 0]);
    }
}
