using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class CreationTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void FilledTensors()
    {
        TensorAssert.Is(zeros(2, 1), [2, 1], [0, 0]);
        TensorAssert.Is(ones([2], int64), [2], [1, 1]);
        TensorAssert.Is(full([2], 1.5), [2], [1.5, 1.5]);
        TensorAssert.Is(full([1], 3, ScalarType.Byte), [1], [3]);
        TensorAssert.Close(eye(2), [1, 0, 0, 1]);
        Assert.Equal([3, 0], empty(3, 0).shape);
        Assert.Equal(float32, zeros(1).dtype);
        Assert.Equal(bfloat16, zeros([1], bfloat16).dtype);
        Assert.True(zeros([1], requires_grad: true).requires_grad);
    }

    [Fact]
    public void TensorsLikeOthers()
    {
        var x = ones([2], float64);
        Assert.All(new[] { zeros_like(x), ones_like(x), empty_like(x), full_like(x, 2), rand_like(x), randn_like(x) }, t => Assert.Equal(float64, t.dtype));
        TensorAssert.Close(zeros_like(x), [0, 0]);
        TensorAssert.Close(full_like(x, 2), [2, 2]);
    }

    [Fact]
    public void Sequences()
    {
        TensorAssert.Close(arange(3), [0, 1, 2]);
        Assert.Equal(int64, arange(3).dtype);
        Assert.Equal(float32, arange(3.0).dtype);
        TensorAssert.Close(arange(1, 3), [1, 2]);
        TensorAssert.Close(arange(1, 6, 2, float32), [1, 3, 5]);
        TensorAssert.Close(linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1]);
    }

    [Fact]
    public void TensorsOfGivenElements()
    {
        TensorAssert.Is(tensor([1f, 2f]), [2], [1, 2]);
        TensorAssert.Is(tensor([1f, 2f], [2, 1]), [2, 1], [1, 2]);
        TensorAssert.Is(tensor(new float[,] { { 1, 2 }, { 3, 4 } }), [2, 2], [1, 2, 3, 4]);
        Assert.Equal(int64, tensor([1L]).dtype);
        Assert.Equal(int32, tensor(new[] { 1 }).dtype);
        Assert.Equal(float64, tensor([1.0]).dtype);
        Assert.Equal(ScalarType.Byte, tensor([(byte)1], [1]).dtype);
        Assert.Equal(ScalarType.Bool, tensor([true], [1]).dtype);
        Assert.Equal(float16, tensor([1f], float16).dtype);
        Assert.Equal((3.5f, 3.5, 4L, 5), (tensor(3.5f).item<float>(), tensor(3.5).item<double>(), tensor(4L).item<long>(), tensor(5).item<int>()));
        Assert.Equal([], tensor(1f).shape);
        Assert.Equal([0], tensor(Array.Empty<float>()).shape);
        Assert.Throws<ArgumentException>(() => tensor([1f, 2f], [3]));
    }

    [Fact]
    public void ASeedDeterminesWhatFollows()
    {
        Assert.Equal(Draw(), Draw());

        static float[] Draw()
        {
            manual_seed(17);
            using var t = cat([rand(5), randn(5), randint(0, 100, [5]).to(float32), randperm(5).to(float32), bernoulli(rand(5)), nn.functional.dropout(ones(5))]);
            return t.ToArray<float>();
        }
    }

    [Fact]
    public void WhatIsMadeOnTheDefaultDeviceTakesNoMemoryThere()
    {
        // Sixteen terabytes: they cannot be had from anywhere else.
        long[] size = [1 << 21, 1 << 21];
        set_default_device(META);
        try
        {
            foreach (var made in new[] { empty(size), zeros(size), ones(size), full(size, 2), rand(size), randn(size), empty(size, float16), nn.init.uniform_(empty(size)) })
                Assert.Equal((DeviceType.META, 1L << 42), (made.device.type, made.numel()));
            using var layer = nn.Linear(1 << 21, 1 << 21);
            Assert.Equal([1 << 21, 1 << 21], layer.weight.shape);
            Assert.Equal((META, META), (tensor(1f).device, arange(3).device));
            Assert.Equal(DeviceType.CPU, zeros([1], device: CPU).device.type);
            Assert.Throws<InvalidOperationException>(() => layer.bias!.data<float>());
        }
        finally
        {
            set_default_device(CPU);
        }
        Assert.Equal(CPU, get_default_device());
        Assert.Equal(DeviceType.CPU, zeros(1).device.type);
    }

    [Fact]
    public void RandomNumbersHaveTheirRange()
    {
        manual_seed(1);
        var u = rand(10_000);
        Assert.InRange(u.min().item<float>(), 0, 0.01f);
        Assert.InRange(u.max().item<float>(), 0.99f, 1);
        Assert.InRange(randn(10_000).var([0]).item<float>(), 0.9f, 1.1f);
        var i = randint(5, 8, [1000]);
        Assert.Equal((5L, 7L), (i.min().item<long>(), i.max().item<long>()));
        Assert.Equal(2L, randint(3, [1000]).max().item<long>());
        Assert.Equal([0, 1, 2, 3], randperm(4).ToArray<long>().Order());
    }

    [Fact]
    public void NothingIsLeftBehind() => TensorAssert.LeavesNothing(() => tensor([1f, 2f], float16).Dispose());
}
