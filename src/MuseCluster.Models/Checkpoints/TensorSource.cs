namespace MuseCluster.Models.Checkpoints;

/// <summary>A tensor to be written: what the header says of it, and where its bytes come from.</summary>
public sealed class TensorSource
{
    /// <summary>A tensor whose bytes are produced while the file is written, one tensor at a time.</summary>
    /// <param name="name">A non-empty Unicode name other than <c>__metadata__</c>.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">Dimensions, none negative, at most 16; empty for a scalar.</param>
    /// <param name="write">Writes exactly <see cref="ByteLength"/> bytes: row-major, little-endian.</param>
    /// <exception cref="ArgumentException">The name or shape cannot stand in a file.</exception>
    public TensorSource(string name, TensorDType dtype, IReadOnlyList<long> shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(write);
        string quoted = CheckpointException.Quote(name);
        if (name.Length == 0 || name == SafetensorsHeader.MetadataKey || !UnicodeText.IsValid(name))
            throw new ArgumentException($"{quoted} cannot name a tensor", nameof(name));
        if (shape.Count > TensorEntry.MaxRank)
            throw new ArgumentException($"tensor {quoted} has {shape.Count} dimensions; the most is {TensorEntry.MaxRank}", nameof(shape));

        Name = name;
        DType = dtype;
        Shape = [.. shape];
        if (Shape.Any(dimension => dimension < 0))
            throw new ArgumentException($"tensor {quoted} has a negative dimension: {TensorEntry.Show(Shape)}", nameof(shape));
        ByteLength = TensorEntry.ByteLength(dtype, Shape)
            ?? throw new ArgumentException($"tensor {quoted}: the size of {TensorEntry.Show(Shape)} overflows", nameof(shape));
        Write = write;
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public TensorDType DType { get; }

    /// <summary>Bytes to be written.</summary>
    public long ByteLength { get; }

    internal long[] Shape { get; }

    internal Action<Stream> Write { get; }

    /// <summary>A tensor whose bytes are in memory.</summary>
    /// <inheritdoc cref="TensorSource(string, TensorDType, IReadOnlyList{long}, Action{Stream})"/>
    public static TensorSource FromBytes(string name, TensorDType dtype, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, dtype, shape, stream => stream.Write(bytes.Span));

    /// <summary>A tensor of an open file, under its own name or another. The file must be open while it is written.</summary>
    public static TensorSource FromView(TensorView view, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        return new(name ?? view.Name, view.DType, view.Shape, stream => Copy(view, stream));
    }

    private static void Copy(TensorView view, Stream stream)
    {
        const int chunk = 1 << 20;
        using MemoryLease lease = view.Lease();
        for (long at = 0; at < view.ByteLength; at += chunk)
            stream.Write(view.Slice(at, (int)Math.Min(chunk, view.ByteLength - at)));
    }
}
