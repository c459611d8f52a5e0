using System.Runtime.InteropServices;

namespace MuseCluster.Torch;

/// <summary>P/Invoke declarations of <c>native/musetorch.cpp</c>, and the one place that turns its codes into exceptions.</summary>
internal static unsafe partial class NativeMethods
{
    internal const string Library = "musetorch";

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
    [LibraryImport(Library)] internal static partial int mt_get_num_threads(out int threads);
    [LibraryImport(Library)] internal static partial int mt_set_num_threads(int threads);
    [LibraryImport(Library)] internal static partial int mt_scope_num_threads(int threads, out int before);
    [LibraryImport(Library)] internal static partial int mt_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial int mt_device_count(long type, out long count);
    [LibraryImport(Library)] internal static partial int mt_synchronize(long type, long index);
    [LibraryImport(Library)] internal static partial int mt_cuda_memory(long index, out long free, out long total);
}
