using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MuseCluster.Torch;

public static partial class torch
{
    // libtorch runs no deleter for a null pointer, which is what an empty array gives; any other address serves.
    private const nint NoElements = 64;

    /// <summary>
    /// A tensor over memory that it does not own, without a copy: <paramref name="release"/> runs once, when the last tensor
    /// over it is gone, on whatever thread lets go of that. It must not throw: there is nobody to catch it.
    /// </summary>
    /// <param name="data">The first element.</param>
    /// <param name="size">The shape; the memory holds its product of elements, contiguous.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="release">Lets go of the memory; null if it outlives every tensor.</param>
    /// <returns>The tensor, on the CPU.</returns>
    /// <exception cref="ArgumentException">A size is negative, or the address of at least one element is null; <paramref name="release"/> will not run.</exception>
    public static unsafe Tensor from_blob(nint data, long[] size, ScalarType dtype, Action? release = null)
    {
        var count = 1L;
        foreach (var s in size)
            count = s >= 0 ? checked(count * s) : throw new ArgumentException($"A size is negative in [{string.Join(", ", size)}].", nameof(size));
        if (data == 0 && count > 0)
            throw new ArgumentException($"The address of {count} elements is null.", nameof(data));
        var context = release is null ? 0 : (nint)GCHandle.Alloc(release);
        fixed (long* sizes = size)
        {
            var code = NativeMethods.mt_tensor_from_blob(
                (void*)(data == 0 ? NoElements : data), sizes, size.Length, (int)dtype, release is null ? null : &Release, (void*)context, out var handle);
            if (code == 0)
                return Tensor.Own(handle);
            if (release is not null)
                GCHandle.FromIntPtr(context).Free();
            NativeMethods.Throw(code, nameof(from_blob));
            return null!;
        }
    }

    [UnmanagedCallersOnly]
    private static unsafe void Release(void* context)
    {
        var handle = GCHandle.FromIntPtr((nint)context);
        var release = (Action)handle.Target!;
        handle.Free();
        try
        {
            release();
        }
        catch (Exception e)
        {
            // The caller is C++, often under a finalizer: an exception that left here would end the process.
            Trace.TraceError($"The release action of a tensor over foreign memory failed: {e}");
        }
    }
}
