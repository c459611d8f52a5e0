namespace MuseCluster.Torch;

/// <summary>PyTorch's <c>torch</c> namespace under TorchSharp's names.</summary>
public static partial class torch
{
    private static readonly Operator Empty = new("aten::empty", "memory_format"), Zeros = new("aten::zeros"), Ones = new("aten::ones"), Full = new("aten::full"),
        ZerosLike = new("aten::zeros_like"), OnesLike = new("aten::ones_like"), FullLike = new("aten::full_like"), RandLike = new("aten::rand_like"), RandnLike = new("aten::randn_like"), Bernoulli = new("aten::bernoulli"), EmptyLike = new("aten::empty_like"), Rand = new("aten::rand"), Randn = new("aten::randn"),
        Randint = new("aten::randint", "low"), Randperm = new("aten::randperm"), Arange = new("aten::arange", "start_step"), Linspace = new("aten::linspace"), Eye = new("aten::eye");

    /// <summary>An uninitialised tensor.</summary>
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Empty.Call(size, dtype, Argument.None, device ?? _default).WithGrad(requires_grad);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Zeros.Call(size, dtype, Argument.None, device ?? _default).WithGrad(requires_grad);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor zeros(params long[] size) => zeros(size, null);

    /// <summary>A tensor of ones.</summary>
    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ones.Call(size, dtype, Argument.None, device ?? _default).WithGrad(requires_grad);

    /// <summary>A tensor of ones.</summary>
    public static Tensor ones(params long[] size) => ones(size, null);

    /// <summary>A tensor of one number.</summary>
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Full.Call(size, value, dtype, Argument.None, device ?? _default).WithGrad(requires_grad);

    /// <summary>An uninitialised tensor.</summary>
    public static Tensor empty(params long[] size) => empty(size, null);

    /// <summary>One number in another tensor's shape, type and device.</summary>
    public static Tensor full_like(Tensor input, Scalar value) => FullLike.Call(input, value);

    /// <summary>Uniform numbers in another tensor's shape, type and device.</summary>
    public static Tensor rand_like(Tensor input) => RandLike.Call(input);

    /// <summary>Standard normal numbers in another tensor's shape, type and device.</summary>
    public static Tensor randn_like(Tensor input) => RandnLike.Call(input);

    /// <summary>1 with each element's probability, 0 otherwise.</summary>
    public static Tensor bernoulli(Tensor input) => Bernoulli.Call(input);

    /// <summary>Zeros of another tensor's shape, type and device.</summary>
    public static Tensor zeros_like(Tensor input) => ZerosLike.Call(input);

    /// <summary>Ones of another tensor's shape, type and device.</summary>
    public static Tensor ones_like(Tensor input) => OnesLike.Call(input);

    /// <summary>An uninitialised tensor of another's shape, type and device.</summary>
    public static Tensor empty_like(Tensor input) => EmptyLike.Call(input);

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Rand.Call(size, dtype, Argument.None, device ?? _default).WithGrad(requires_grad);

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor rand(params long[] size) => rand(size, null);

    /// <summary>Standard normal numbers.</summary>
    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Randn.Call(size, dtype, Argument.None, device ?? _default).WithGrad(requires_grad);

    /// <summary>Standard normal numbers.</summary>
    public static Tensor randn(params long[] size) => randn(size, null);

    /// <summary>Integers from low (inclusive) to high (exclusive).</summary>
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null) =>
        Randint.Call(low, high, size, dtype ?? ScalarType.Int64, Argument.None, device ?? _default);

    /// <summary>Integers from 0 to high (exclusive).</summary>
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null) => randint(0, high, size, dtype, device);

    /// <summary>A random order of 0 .. n - 1.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null) => Randperm.Call(n, dtype ?? ScalarType.Int64, Argument.None, device ?? _default);

    /// <summary>0, 1, ... below <paramref name="stop"/>.</summary>
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(0, stop, 1, dtype, device);

    /// <summary>start, start + 1, ... below <paramref name="stop"/>.</summary>
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(start, stop, 1, dtype, device);

    /// <summary>Numbers from start, by step, below stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null) =>
        Arange.Call(start, stop, step, dtype, Argument.None, device ?? _default);

    /// <summary>Evenly spaced numbers, both ends included.</summary>
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null) =>
        Linspace.Call((Scalar)start, (Scalar)end, steps, dtype, Argument.None, device ?? _default);

    /// <summary>The identity matrix.</summary>
    public static Tensor eye(long rows, ScalarType? dtype = null, Device? device = null) => Eye.Call(rows, dtype, Argument.None, device ?? _default);

    /// <summary>A vector of the given elements.</summary>
    public static Tensor tensor(float[] data, ScalarType? dtype = null, Device? device = null) => FromArray<float>(data, [data.Length], ScalarType.Float32, dtype, device);

    /// <summary>A tensor of the given elements in row-major order.</summary>
    public static Tensor tensor(float[] data, long[] dimensions, ScalarType? dtype = null, Device? device = null) => FromArray<float>(data, dimensions, ScalarType.Float32, dtype, device);

    /// <summary>A vector of the given elements.</summary>
    public static Tensor tensor(long[] data, ScalarType? dtype = null, Device? device = null) => FromArray<long>(data, [data.Length], ScalarType.Int64, dtype, device);

    /// <summary>A tensor of the given elements in row-major order.</summary>
    public static Tensor tensor(long[] data, long[] dimensions, ScalarType? dtype = null, Device? device = null) => FromArray<long>(data, dimensions, ScalarType.Int64, dtype, device);

    /// <summary>A tensor of the given elements in row-major order.</summary>
    public static Tensor tensor(byte[] data, long[] dimensions, ScalarType? dtype = null, Device? device = null) => FromArray<byte>(data, dimensions, ScalarType.Byte, dtype, device);

    /// <summary>A tensor of the given truth values in row-major order.</summary>
    public static Tensor tensor(bool[] data, long[] dimensions, ScalarType? dtype = null, Device? device = null) => FromArray<bool>(data, dimensions, ScalarType.Bool, dtype, device);

    /// <summary>A scalar tensor.</summary>
    public static Tensor tensor(float scalar, ScalarType? dtype = null, Device? device = null) => FromArray<float>([scalar], [], ScalarType.Float32, dtype, device);

    /// <summary>A scalar tensor, double precision.</summary>
    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null) => FromArray<double>([scalar], [], ScalarType.Float64, dtype, device);

    /// <summary>A scalar tensor, int64.</summary>
    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null) => FromArray<long>([scalar], [], ScalarType.Int64, dtype, device);

    /// <summary>A scalar tensor, int32.</summary>
    public static Tensor tensor(int scalar, ScalarType? dtype = null, Device? device = null) => FromArray<int>([scalar], [], ScalarType.Int32, dtype, device);

    /// <summary>A vector of the given elements, double precision.</summary>
    public static Tensor tensor(double[] data, ScalarType? dtype = null, Device? device = null) => FromArray<double>(data, [data.Length], ScalarType.Float64, dtype, device);

    /// <summary>A tensor of the given elements in row-major order, double precision.</summary>
    public static Tensor tensor(double[] data, long[] dimensions, ScalarType? dtype = null, Device? device = null) => FromArray<double>(data, dimensions, ScalarType.Float64, dtype, device);

    /// <summary>A vector of the given elements, int32.</summary>
    public static Tensor tensor(int[] data, ScalarType? dtype = null, Device? device = null) => FromArray<int>(data, [data.Length], ScalarType.Int32, dtype, device);

    /// <summary>A vector of the given truth values.</summary>
    public static Tensor tensor(bool[] data, ScalarType? dtype = null, Device? device = null) => FromArray<bool>(data, [data.Length], ScalarType.Bool, dtype, device);

    /// <summary>A matrix of the given elements.</summary>
    public static Tensor tensor(float[,] data, ScalarType? dtype = null, Device? device = null) =>
        FromArray<float>(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref data[0, 0], data.Length), [data.GetLength(0), data.GetLength(1)], ScalarType.Float32, dtype, device);

    private static Tensor FromArray<T>(ReadOnlySpan<T> data, long[] dimensions, ScalarType own, ScalarType? dtype, Device? device)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var d in dimensions)
            count *= d;
        if (count != data.Length)
            throw new ArgumentException($"{data.Length} elements do not fill the shape [{string.Join(", ", dimensions)}].", nameof(dimensions));
        var result = empty(dimensions, own, CPU);
        data.CopyTo(result.data<T>());
        if (dtype is { } type && type != own)
            result = Replace(result, result.to(type));
        if ((device ?? _default) is { } target && target.type != DeviceType.CPU)
            result = Replace(result, result.to(target));
        return result;
    }

    private static Tensor Replace(Tensor old, Tensor replacement)
    {
        old.Dispose();
        return replacement;
    }

    private static Tensor WithGrad(this Tensor tensor, bool requires_grad) => requires_grad ? tensor.requires_grad_() : tensor;
}
