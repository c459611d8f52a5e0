namespace MuseCluster.Torch;

public static partial class torch
{
    private static readonly Operator Cat = new("aten::cat"), Stack = new("aten::stack"), Where = new("aten::where", "self"),
        WhereScalar = new("aten::where", "ScalarOther"), Outer = new("aten::outer"), Einsum = new("aten::einsum");

    /// <summary>Joins tensors along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Cat.Call(tensors as Tensor[] ?? [.. tensors], dim);

    /// <summary>Joins tensors along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Stack.Call(tensors as Tensor[] ?? [.. tensors], dim);

    /// <summary>Elements of x where the condition holds, of y elsewhere.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Where.Call(condition, x, y);

    /// <summary>Elements of x where the condition holds, a number elsewhere.</summary>
    public static Tensor where(Tensor condition, Tensor x, Scalar y) => WhereScalar.Call(condition, x, y);

    /// <summary>Sums of products in Einstein's notation, e.g. <c>bhld,bhsd->bhls</c>.</summary>
    public static Tensor einsum(string equation, params IList<Tensor> tensors) => Einsum.Call(equation, tensors as Tensor[] ?? [.. tensors]);

    /// <summary>Whether two tensors are close, element by element.</summary>
    public static bool allclose(Tensor input, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => input.allclose(target, rtol, atol, equal_nan);

    /// <summary>Matrix product, broadcast over leading dimensions.</summary>
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    /// <summary>Products of two lists of matrices.</summary>
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    /// <summary>The outer product of two vectors.</summary>
    public static Tensor outer(Tensor input, Tensor vec2) => Outer.Call(input, vec2);

    /// <summary>Softmax along a dimension.</summary>
    public static Tensor softmax(Tensor input, long dim) => input.softmax(dim);

    /// <summary>Opens a scope that disposes the tensors made in it.</summary>
    /// <returns>The scope.</returns>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Seeds libtorch's generators on every device.</summary>
    /// <param name="seed">The seed.</param>
    public static void manual_seed(long seed) => NativeMethods.Check(NativeMethods.mt_manual_seed(seed), nameof(manual_seed));

    /// <summary>How many threads an operator uses.</summary>
    /// <returns>The count.</returns>
    public static int get_num_threads()
    {
        NativeMethods.Check(NativeMethods.mt_get_num_threads(out var threads), nameof(get_num_threads));
        return threads;
    }

    /// <summary>
    /// Sets how many threads an operator uses, matrix products included, whichever thread calls it from now on.
    /// </summary>
    /// <param name="num">At least 1.</param>
    public static void set_num_threads(int num)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(num, 1);
        NativeMethods.Check(NativeMethods.mt_set_num_threads(num), nameof(set_num_threads));
    }

    /// <summary>
    /// Sets how many threads the operators that the calling thread calls use until the scope is disposed, on the same thread.
    /// Many small networks run faster side by side on one thread each than one after the other on all.
    /// </summary>
    /// <param name="num">At least 1.</param>
    /// <returns>The scope.</returns>
    public static NumThreadsScope NewNumThreadsScope(int num) => new(num);

    /// <summary>libtorch's version, e.g. <c>1.13.1</c>.</summary>
    public static string __version__ => System.Runtime.InteropServices.Marshal.PtrToStringUTF8(NativeMethods.mt_version())!;

    /// <summary>Queries and control of CUDA devices.</summary>
    public static class cuda
    {
        /// <summary>Whether libtorch was built with CUDA and a device is there.</summary>
        /// <returns>True if so.</returns>
        public static bool is_available() => device_count() > 0;

        /// <summary>How many devices there are.</summary>
        /// <returns>The count.</returns>
        public static int device_count()
        {
            NativeMethods.Check(NativeMethods.mt_device_count((long)DeviceType.CUDA, out var count), nameof(device_count));
            return (int)count;
        }

        /// <summary>Waits for the work queued on a device's current stream.</summary>
        /// <param name="device">The device; null for the current one.</param>
        public static void synchronize(Device? device = null) =>
            NativeMethods.Check(NativeMethods.mt_synchronize((long)DeviceType.CUDA, device?.index ?? -1), nameof(synchronize));

        /// <summary>Free and total memory of a device, in bytes.</summary>
        /// <param name="index">The device's index.</param>
        /// <returns>Both numbers.</returns>
        public static (long free, long total) mem_get_info(int index = 0)
        {
            NativeMethods.Check(NativeMethods.mt_cuda_memory(index, out var free, out var total), nameof(mem_get_info));
            return (free, total);
        }
    }
}
