using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed unsafe class FromBlobTests : IDisposable
{
    private readonly nint _memory = Marshal.AllocHGlobal(64);
    private int _released;

    public FromBlobTests()
    {
        for (var i = 0; i < 16; i++)
            ((float*)_memory)[i] = i;
    }

    public void Dispose() => Marshal.FreeHGlobal(_memory);

    [Fact]
    public void TheMemoryIsUsedInPlace()
    {
        using var t = Borrow([2, 3]);
        TensorAssert.Is(t, [2, 3], [0, 1, 2, 3, 4, 5]);
        t.add_(1).Dispose();
        Assert.Equal(6, ((float*)_memory)[5]);
    }

    [Fact]
    public void ReleaseRunsOnceWhenTheLastViewGoes()
    {
        var t = Borrow([4]);
        var view = t.view(2, 2);
        var row = view.select(0, 1);
        var alias = t.alias();
        t.Dispose();
        view.Dispose();
        alias.Dispose();
        Assert.Equal(0, _released);
        TensorAssert.Close(row, [2, 3]);
        row.Dispose();
        Assert.Equal(1, _released);
        row.Dispose();
        t.Dispose();
        Assert.Equal(1, _released);
    }

    [Fact]
    public void ReleaseRunsFromTheFinalizer()
    {
        Forget();
        TensorAssert.Settled();
        Assert.Equal(1, _released);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Forget() => Borrow([4]);
    }

    [Fact]
    public void AGraphKeepsTheMemoryUntilItIsGone()
    {
        var w = ones([4], requires_grad: true);
        var x = Borrow([4]);
        var loss = (w * x).sum();
        x.Dispose();
        Assert.Equal(0, _released);
        loss.backward();
        TensorAssert.Close(w.grad!, [0, 1, 2, 3]);
        loss.Dispose();
        w.Dispose();
        TensorAssert.Settled();
        Assert.Equal(1, _released);
    }

    [Fact]
    public void ReleaseMayCallOperators()
    {
        Tensor? made = null;
        var t = from_blob(_memory, [4], float32, () => made = ones(2).add_(1));
        var sum = cat([t, t]);
        t.Dispose();
        TensorAssert.Close(made!, [2, 2]);
        sum.Dispose();
        made!.Dispose();
    }

    [Fact]
    public void AFailingReleaseDoesNotEndTheProcess()
    {
        from_blob(_memory, [4], float32, () => throw new InvalidOperationException("no")).Dispose();
        Assert.Equal(0, _released);
    }

    [Fact]
    public void NoElementsNeedNoMemory()
    {
        using (var t = from_blob(0, [0, 3], float32, () => _released++))
            Assert.Equal([0, 3], t.shape);
        Assert.Equal(1, _released);
    }

    [Fact]
    public void WrongMemoryIsRefusedAndNotReleased()
    {
        Assert.Throws<ArgumentException>(() => from_blob(0, [1], float32, () => _released++));
        Assert.Throws<ArgumentException>(() => from_blob(_memory, [-1], float32, () => _released++));
        Assert.Throws<OverflowException>(() => from_blob(_memory, [1L << 40, 1L << 40], float32, () => _released++));
        TensorAssert.Settled();
        Assert.Equal(0, _released);
    }

    private Tensor Borrow(long[] size) => from_blob(_memory, size, float32, () => Interlocked.Increment(ref _released));
}
