using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class ConversionTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ElementTypesConvert()
    {
        var x = tensor([1.5f, 0f]);
        Assert.Equal([1, 0], x.to(int64).ToArray<long>());
        Assert.Equal([(Half)1.5, Half.Zero], x.half().ToArray<Half>());
        Assert.Equal([0x3FC0, 0], x.bfloat16().ToArray<ushort>());
        Assert.Equal([1.5, 0], x.@double().ToArray<double>());
        Assert.Equal([true, false], x.@bool().ToArray<bool>());
        Assert.Equal([1, 0], x.@int().ToArray<int>());
        Assert.Equal([1L, 0L], x.@long().ToArray<long>());
        Assert.Equal(float32, x.half().@float().dtype);
        Assert.Equal(int64, x.type_as(tensor([1L])).dtype);
        Assert.Equal(float64, x.to(CPU, float64).dtype);
        Assert.Equal(float64, x.to(tensor([1.0])).dtype);
    }

    [Fact]
    public void AnUnchangedTensorIsSharedUnlessACopyIsAsked()
    {
        var x = ones(2);
        x.to(float32).zero_();
        x.to(float32, copy: true).add_(1);
        x.to(CPU, copy: true).add_(1);
        x.cpu().add_(3);
        TensorAssert.Close(x, [3, 3]);
    }

    [Fact]
    public void ElementsAreReadInPlace()
    {
        var x = tensor([1f, 2f]);
        x.data<float>()[1] = 5;
        TensorAssert.Close(x, [1, 5]);
        Assert.Contains("cannot be read as Double", Assert.Throws<InvalidOperationException>(() => x.data<double>().Length).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => ones(2, 2).t().narrow(0, 0, 1).data<float>().Length);
        Assert.Equal(0, empty(0).data<float>().Length);
        Assert.Equal([0f, 2f, 1f, 3f], arange(4, float32).view(2, 2).t().ToArray<float>());
    }

    [Fact]
    public void ItemNeedsOneElement()
    {
        Assert.Equal(2f, tensor([2f], [1, 1]).item<float>());
        Assert.Contains("[2]", Assert.Throws<InvalidOperationException>(() => ones(2).item<float>()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => ones([1], float64).item<float>());
    }

    [Theory]
    [InlineData("cpu", DeviceType.CPU, -1)]
    [InlineData("cuda", DeviceType.CUDA, -1)]
    [InlineData("cuda:3", DeviceType.CUDA, 3)]
    public void DevicesAreNamedAsPyTorchNamesThem(string name, DeviceType type, int index)
    {
        Assert.Equal(device(type, index), device(name));
        Assert.Equal(name, device(name).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:1:2")]
    public void AnUnknownDeviceIsRefused(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => device(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void WithoutCudaItsDevicesAreAnError()
    {
        if (cuda.is_available())
            return;
        Assert.Equal(0, cuda.device_count());
        Assert.Equal("aten::to.device", Assert.Throws<TorchException>(() => ones(1).cuda()).Operation);
        Assert.Throws<TorchException>(() => zeros([1], device: CUDA));
        Assert.Throws<TorchException>(() => cuda.synchronize());
        Assert.Throws<TorchException>(() => cuda.mem_get_info());
    }

    [Fact]
    public void AScopesNumberOfThreadsIsTheThreadsOwn_AndEndsWithIt()
    {
        var before = get_num_threads();
        using (NewNumThreadsScope(3))
        {
            Assert.Equal(3, get_num_threads());
            using (NewNumThreadsScope(1))
                Assert.Equal(1, get_num_threads());
            Assert.Equal(3, get_num_threads());
            var elsewhere = 0;
            var thread = new Thread(() => elsewhere = get_num_threads());
            thread.Start();
            thread.Join();
            Assert.Equal(before, elsewhere);
        }
        Assert.Equal(before, get_num_threads());
        Assert.Throws<ArgumentOutOfRangeException>(() => NewNumThreadsScope(0).Dispose());
    }

    [Fact]
    public void AScopesNumberOfThreadsHoldsOnAThreadThatHasCalledNothingBefore()
    {
        var before = get_num_threads();
        set_num_threads(before + 1);
        try
        {
            var inside = 0;
            var thread = new Thread(() =>
            {
                using var scope = NewNumThreadsScope(1);
                using var sum = ones(4).sum();
                inside = get_num_threads();
            });
            thread.Start();
            thread.Join();
            Assert.Equal(1, inside);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void TheNumberOfThreadsIsKept()
    {
        var before = get_num_threads();
        try
        {
            set_num_threads(3);
            Assert.Equal(3, get_num_threads());
            var elsewhere = new List<int>();
            using SemaphoreSlim asked = new(0), changed = new(0);
            var thread = new Thread(() =>
            {
                elsewhere.Add(get_num_threads());
                asked.Release();
                changed.Wait();
                elsewhere.Add(get_num_threads());
            });
            thread.Start();
            asked.Wait();
            set_num_threads(2);
            changed.Release();
            thread.Join();
            Assert.Equal([3, 2], elsewhere);
            Assert.Throws<ArgumentOutOfRangeException>(() => set_num_threads(0));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void TheVersionIsKnown() => Assert.True(Version.Parse(__version__.Split('+')[0]).Major >= 1);
}
