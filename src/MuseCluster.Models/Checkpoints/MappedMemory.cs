using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// A file mapped read-only into memory, counted: it is unmapped when the file that opened it is disposed and the last
/// lease is returned, whichever comes last. Thread-safe. What a file holds in another form than it is read in (compressed, or
/// not in order) lies in memory of its own, which is held and given back in the same way.
/// </summary>
/// <remarks>
/// Writing to the memory faults. So does reading it after another process has truncated the file: replace model files by
/// rename, as <see cref="SafetensorsWriter"/> does, never in place.
/// </remarks>
public sealed class MappedMemory
{
    private readonly SafeBuffer memory;
    private readonly IDisposable owner;

    // Starts at one: the file's own hold. Kept here rather than as references of the view's SafeHandle, whose finaliser
    // does not unmap while references are out: a forgotten lease would leak the map, so the collector unmaps it instead.
    private int holds = 1;

    private MappedMemory(SafeBuffer memory, IDisposable owner, long length)
    {
        this.memory = memory;
        this.owner = owner;
        Length = length;
    }

    /// <summary>Bytes mapped: the whole file.</summary>
    public long Length { get; }

    /// <summary>True once the memory is unmapped.</summary>
    public bool IsReleased => Volatile.Read(ref holds) == 0;

    /// <summary>
    /// Keeps the memory mapped until the lease is disposed. A tensor that aliases the memory must hold one for as long as
    /// its storage lives, rooted (by a GCHandle where only native code knows it).
    /// </summary>
    /// <exception cref="ObjectDisposedException">The memory is unmapped already.</exception>
    public MemoryLease Acquire()
    {
        int seen = Volatile.Read(ref holds);
        while (true)
        {
            ObjectDisposedException.ThrowIf(seen == 0, this);
            int found = Interlocked.CompareExchange(ref holds, seen + 1, seen);
            if (found == seen) return new MemoryLease(this);
            seen = found;
        }
    }

    /// <summary>Maps the whole of an open file that is not empty. The file may be closed afterwards.</summary>
    internal static MappedMemory Map(FileStream file)
    {
        using var map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        return new MappedMemory(view.SafeMemoryMappedViewHandle, view, view.Capacity);
    }

    /// <summary>Memory that is no file's, to be filled by who asks for it before anybody else sees it.</summary>
    internal static MappedMemory Allocate(long length)
    {
        var buffer = new NativeBuffer(length);
        return new MappedMemory(buffer, buffer, length);
    }

    /// <summary>The address of a byte of the file.</summary>
    /// <exception cref="ObjectDisposedException">The memory is unmapped.</exception>
    internal nint Address(long offset)
    {
        ObjectDisposedException.ThrowIf(IsReleased, this);
        return memory.DangerousGetHandle() + (nint)offset;
    }

    /// <summary>Returns one hold; the last one unmaps.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref holds) == 0) owner.Dispose();
    }
}
