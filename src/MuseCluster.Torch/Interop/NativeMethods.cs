using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MuseCluster.Torch;

/// <summary>P/Invoke declarations of <c>native/musetorch.cpp</c>, and the one place that turns its codes into exceptions.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "musetorch";
    private const int Avx512Bf16 = 1 << 5;
    private const int MallocTrimThreshold = -1;
    private const int MallocMmapThreshold = -3;

    static NativeMethods()
    {
        // libgomp and OpenBLAS read their settings when they are loaded, and .NET keeps its own copy of
        // the environment, so the C library's has to be set. Spinning workers would starve the others
        // of a machine with few cores.
        _ = setenv("OMP_WAIT_POLICY", "PASSIVE", 0);

        // OpenBLAS knows the processors of its own day; a newer one with AVX-512 falls back to kernels of half the speed.
        if (Avx512F.IsSupported && X86Base.CpuId(7, 1).Eax is var features && (features & Avx512Bf16) != 0)
            _ = setenv("OPENBLAS_CORETYPE", "Cooperlake", 0);

        // glibc gives every large block back to the kernel at once, and a tensor of a few megabytes then pays
        // a page fault per 4 KiB each time it is made. Keep blocks up to 64 MiB, and what lies free at the top.
        _ = mallopt(MallocMmapThreshold, 64 << 20);
        _ = mallopt(MallocTrimThreshold, 256 << 20);
        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, Resolve);
    }

    internal static void Check(int code, string operation)
    {
        if (code != 0)
            Throw(code, operation);
    }

    internal static void Throw(int code, string operation)
    {
        var reason = Marshal.PtrToStringUTF8(mt_last_error()) ?? "unknown";
        throw code == 2 || reason.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
            ? new TorchOutOfMemoryException(operation, reason)
            : new TorchException(operation, reason);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        var file = Path.Combine(AppContext.BaseDirectory, "libmusetorch.so");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"{file} cannot be loaded. It needs the libtorch it was built with: install libtorch-dev, "
                + $"or set LIBTORCH and build again. {e.Message}", e);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int mallopt(int param, int value);

    // Functions that only read a few fields suppress the switch to preemptive mode, which would cost more than they do.
    [LibraryImport(Library)] internal static partial nint mt_last_error();
    [LibraryImport(Library)] internal static partial nint mt_version();
    [LibraryImport(Library), SuppressGCTransition] internal static partial long mt_live_tensors();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mt_op_find(string name, string overload, out nint op);
    [LibraryImport(Library)]
    internal static partial int mt_op_call(nint op, NativeValue* arguments, long count, NativeValue* results, long capacity, long* returned);
    [LibraryImport(Library)]
    internal static partial int mt_op_repeat(nint op, NativeValue* arguments, long count, long repeats);
    [LibraryImport(Library)] internal static partial void mt_list_free(nint items);
    [LibraryImport(Library)] internal static partial void mt_tensor_free(nint tensor);
    [LibraryImport(Library)] internal static partial int mt_tensor_alias(nint tensor, out nint alias);
    [LibraryImport(Library)]
    internal static partial int mt_tensor_from_blob(void* data, long* sizes, long rank, int dtype, delegate* unmanaged<void*, void> deleter, void* context, out nint tensor);
    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int mt_tensor_info(nint tensor, out long rank, out long numel, out long dtype, out long deviceType, out long deviceIndex);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int mt_tensor_sizes(nint tensor, long* sizes, long* strides);
    [LibraryImport(Library)] internal static partial int mt_tensor_data(nint tensor, out nint data);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int mt_tensor_flags(nint tensor, out long flags);
    [LibraryImport(Library)] internal static partial int mt_tensor_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int mt_tensor_grad(nint tensor, out nint grad);
    [LibraryImport(Library)] internal static partial int mt_tensor_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)]
    internal static partial int mt_backward(nint* tensors, long count, nint* gradients, int retainGraph, int createGraph);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int mt_grad_enabled();
    [LibraryImport(Library), SuppressGCTransition] internal static partial void mt_set_grad_enabled(int enabled);
    [LibraryImport(Library)] internal static partial int mt_inference_enter(out nint guard);
    [LibraryImport(Library)] internal static partial void mt_inference_leave(nint guard);
    [LibraryImport(Library)] internal static partial int mt_inference_enabled();
    [LibraryImport(Library)] internal static partial int mt_get_num_threads();
    [LibraryImport(Library)] internal static partial int mt_set_num_threads(int threads);
    [LibraryImport(Library)] internal static partial int mt_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial int mt_device_count(long type, out long count);
    [LibraryImport(Library)] internal static partial int mt_synchronize(long type, long index);
    [LibraryImport(Library)] internal static partial int mt_cuda_memory(long index, out long free, out long total);
}
