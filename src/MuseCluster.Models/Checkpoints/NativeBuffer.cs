using System.Runtime.InteropServices;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Memory outside of the managed heap, which the collector frees where nobody else does. It begins at a multiple of 64 bytes,
/// as torch's own allocations do.
/// </summary>
internal sealed unsafe class NativeBuffer : SafeBuffer
{
    private const nuint Alignment = 64;

    /// <summary>Allocates bytes whose values are not set.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public NativeBuffer(long length)
        : base(ownsHandle: true)
    {
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment));
        Initialize((ulong)length);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
