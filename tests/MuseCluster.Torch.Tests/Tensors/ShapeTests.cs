using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class ShapeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x = arange(6, float32).view(2, 3);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ShapeStrideAndSizeDescribeATensor()
    {
        Assert.Equal([2, 3], _x.shape);
        Assert.Equal([3, 1], _x.stride());
        Assert.Equal([1, 3], _x.t().stride());
        Assert.Equal((2, 3, 3), (_x.size(0), _x.size(1), _x.size(-1)));
        Assert.Equal((2, 2, 6), (_x.dim(), _x.ndim, _x.numel()));
        Assert.True(_x.is_contiguous());
        Assert.False(_x.t().is_contiguous());
        Assert.Equal("[2x3], type = Float32, device = cpu", _x.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => _x.size(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => _x.size(-3));
        Assert.Throws<ArgumentOutOfRangeException>(() => zeros(Array.Empty<long>()).size(0));
    }

    [Fact]
    public void ViewsShareElements()
    {
        _x.view(6).fill_(1);
        _x.t().narrow(0, 1, 1).zero_();
        TensorAssert.Close(_x, [1, 0, 1, 1, 0, 1]);
        Assert.Equal([3, 2], _x.view_as(zeros(3, 2)).shape);
    }

    [Fact]
    public void DimensionsMoveJoinAndSplit()
    {
        TensorAssert.Is(_x.permute(1, 0), [3, 2], [0, 3, 1, 4, 2, 5]);
        TensorAssert.Is(_x.transpose(0, -1), [3, 2], [0, 3, 1, 4, 2, 5]);
        TensorAssert.Is(_x.t().reshape(2, -1), [2, 3], [0, 3, 1, 4, 2, 5]);
        Assert.Equal([2, 1, 3], _x.unsqueeze(1).shape);
        Assert.Equal([2, 3], _x.unsqueeze(1).squeeze(1).shape);
        Assert.Equal([2, 3], _x.unsqueeze(0).unsqueeze(-1).squeeze().shape);
        Assert.Equal([6], _x.flatten().shape);
        Assert.Equal([1, 6], _x.unsqueeze(0).flatten(1, 2).shape);
        Assert.Equal([2, 3, 1], _x.unflatten(1, 3, 1).shape);
        Assert.Equal([1, 2, 3], _x.unflatten(-2, 1, 2).shape);
        Assert.Equal([3, 2, 1], _x.unsqueeze(2).movedim(0, 1).shape);
        TensorAssert.Close(_x.t().contiguous(), [0, 3, 1, 4, 2, 5]);
        Assert.NotEqual(_x.Handle, _x.clone().Handle);
    }

    [Fact]
    public void PartsOfADimension()
    {
        TensorAssert.Is(_x.narrow(1, 1, 2), [2, 2], [1, 2, 4, 5]);
        TensorAssert.Is(_x.select(0, -1), [3], [3, 4, 5]);
        TensorAssert.Is(_x.slice(1, 0, 3, 2), [2, 2], [0, 2, 3, 5]);
        Assert.Equal([2L, 1L], _x.chunk(2, 1).Select(c => c.shape[1]));
        Assert.Equal([2L, 1L], _x.split(2, 1).Select(c => c.shape[1]));
        Assert.Equal([1L, 2L], _x.split([1, 2], 1).Select(c => c.shape[1]));
        Assert.Equal([[0f, 3f], [1f, 4f], [2f, 5f]], _x.unbind(1).Select(c => c.ToArray<float>()));
        TensorAssert.Close(_x.diagonal(), [0, 4]);
    }

    [Fact]
    public void RepetitionShiftsAndTriangles()
    {
        TensorAssert.Is(tensor([1f, 2f]).view(2, 1).expand(2, 2), [2, 2], [1, 1, 2, 2]);
        TensorAssert.Is(tensor([1f, 2f]).view(2, 1).expand_as(zeros(2, 2)), [2, 2], [1, 1, 2, 2]);
        TensorAssert.Is(tensor([1f, 2f]).repeat(2, 2), [2, 4], [1, 2, 1, 2, 1, 2, 1, 2]);
        TensorAssert.Close(tensor([1f, 2f]).repeat_interleave(2), [1, 1, 2, 2]);
        TensorAssert.Is(_x.repeat_interleave(2, 0), [4, 3], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
        TensorAssert.Close(_x.roll(1, 1), [2, 0, 1, 5, 3, 4]);
        TensorAssert.Close(_x.flip(0, 1), [5, 4, 3, 2, 1, 0]);
        TensorAssert.Close(ones(2, 2).tril(), [1, 0, 1, 1]);
        TensorAssert.Close(ones(2, 2).triu(1), [0, 1, 0, 0]);
        TensorAssert.Is(tensor([0f, 1f, 2f]).nonzero(), [2, 1], [1, 2]);
    }

    [Fact]
    public void TensorsJoin()
    {
        TensorAssert.Is(cat([_x, _x], 0), [4, 3], [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
        TensorAssert.Is(cat(new List<Tensor> { _x, _x }, -1), [2, 6], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
        TensorAssert.Is(stack([tensor([1f, 2f]), tensor([3f, 4f])], 1), [2, 2], [1, 3, 2, 4]);
    }

    [Fact]
    public void ElementsByIndexTensors()
    {
        TensorAssert.Is(_x.index_select(1, tensor([2L, 0L])), [2, 2], [2, 0, 5, 3]);
        TensorAssert.Is(_x.gather(1, tensor([0L, 2L], [2, 1])), [2, 1], [0, 5]);
        TensorAssert.Is(_x.take_along_dim(tensor([2L], [1, 1]), 1), [2, 1], [2, 5]);
        TensorAssert.Close(zeros(2, 2).scatter_(1, tensor([1L, 0L], [2, 1]), tensor([5f, 6f], [2, 1])), [0, 5, 6, 0]);
        TensorAssert.Close(zeros(2, 2).scatter_(1, tensor([1L, 0L], [2, 1]), 7), [0, 7, 7, 0]);
        TensorAssert.Close(zeros(2).scatter_add_(0, tensor([1L, 1L]), tensor([5f, 6f])), [0, 11]);
        TensorAssert.Close(zeros(3).index_copy_(0, tensor([2L]), tensor([4f])), [0, 0, 4]);
        TensorAssert.Close(ones(3).index_add_(0, tensor([2L, 2L]), tensor([4f, 1f]), 2), [1, 1, 11]);
        TensorAssert.Close(ones(3).index_fill_(0, tensor([0L, 2L]), 9), [9, 1, 9]);
        TensorAssert.Close(zeros(2, 2).index_put_(tensor([5f]), tensor([0L, 1L]), tensor([1L, 0L])), [0, 5, 5, 0]);
    }
}
