namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// One tensor where it lies in a mapped file: contiguous, row-major, little-endian, read-only. Nothing is copied, and
/// nothing is read from disk before it is touched.
/// </summary>
/// <remarks>
/// The memory is valid while the file is open or a <see cref="Lease"/> is out. Hold one of the two across any use of
/// <see cref="Pointer"/> or a span: a view by itself keeps nothing mapped.
/// </remarks>
public sealed class TensorView
{
    private readonly TensorEntry entry;
    private readonly long fileOffset;

    internal TensorView(TensorEntry entry, MappedMemory owner, string file, long dataStart)
    {
        this.entry = entry;
        Owner = owner;
        File = file;
        fileOffset = dataStart + entry.Begin;
    }

    /// <summary>The tensor's name.</summary>
    public string Name => entry.Name;

    /// <summary>The element type.</summary>
    public TensorDType DType => entry.DType;

    /// <summary>The dimensions, none negative; empty for a scalar. A copy, the caller's to keep.</summary>
    public long[] Shape => (long[])entry.Shape.Clone();

    /// <summary>Bytes of the tensor: the product of the shape times the item size.</summary>
    public long ByteLength => entry.End - entry.Begin;

    /// <summary>Path of the file that holds the tensor.</summary>
    public string File { get; }

    /// <summary>The mapped memory that the tensor lies in.</summary>
    public MappedMemory Owner { get; }

    /// <summary>
    /// Whether the address is a multiple of the item size. The format does not promise it (this project's writer does);
    /// copy an unaligned tensor before giving it to code that needs alignment.
    /// </summary>
    public bool IsAligned => fileOffset % DType.ItemSize() == 0; // maps begin on a page, so the file offset decides

    /// <summary>Address of the first byte. For an empty tensor it must not be read.</summary>
    /// <exception cref="ObjectDisposedException">The memory is unmapped.</exception>
    public nint Pointer => Owner.Address(fileOffset);

    /// <summary>All bytes of a tensor below 2 GiB; see <see cref="Slice"/> for larger ones.</summary>
    /// <exception cref="OverflowException">The tensor has more bytes than a span can.</exception>
    /// <exception cref="ObjectDisposedException">The memory is unmapped.</exception>
    public ReadOnlySpan<byte> Bytes => Slice(0, checked((int)ByteLength));

    /// <summary>Some bytes of the tensor.</summary>
    /// <param name="offset">Bytes from the start of the tensor.</param>
    /// <param name="length">Bytes wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The memory is unmapped.</exception>
    public unsafe ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteLength - length);
        return new ReadOnlySpan<byte>((void*)Owner.Address(fileOffset + offset), length);
    }

    /// <summary>Keeps the memory mapped until the lease is disposed, whatever becomes of the file.</summary>
    /// <exception cref="ObjectDisposedException">The memory is unmapped already.</exception>
    public MemoryLease Lease() => Owner.Acquire();

    /// <summary>Such as <c>'encoder.weight' F32 [32, 24]</c>.</summary>
    public override string ToString() =>
        $"{CheckpointException.Quote(Name)} {DType.HeaderName()} {TensorEntry.Show(entry.Shape)}";
}
