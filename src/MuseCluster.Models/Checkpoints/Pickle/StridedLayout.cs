namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>Where a tensor's elements lie in its storage. Made by a check that all of them do.</summary>
internal sealed class StridedLayout
{
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly int itemSize;

    private StridedLayout(PickleTensor tensor, int itemSize, long byteLength)
    {
        (shape, strides, this.itemSize) = (tensor.Shape, tensor.Strides, itemSize);
        ByteLength = byteLength;
        FirstByte = byteLength == 0 ? 0 : tensor.Offset * itemSize;
        IsContiguous = byteLength == 0 || RowMajor();
    }

    /// <summary>Bytes of the elements: the product of the shape times the item size.</summary>
    public long ByteLength { get; }

    /// <summary>The first element's, from the start of the storage; 0 where there are none.</summary>
    public long FirstByte { get; }

    /// <summary>Whether the elements follow each other in row-major order.</summary>
    public bool IsContiguous { get; }

    /// <summary>Checks a tensor against the elements that its storage is said to have.</summary>
    /// <exception cref="CheckpointException">An element lies outside of the storage, or a size overflows.</exception>
    public static StridedLayout Check(string name, TensorDType type, PickleTensor tensor, string path)
    {
        long length = TensorEntry.ByteLength(type, tensor.Shape)
            ?? throw new CheckpointException(path, name, $"its size overflows: {type.HeaderName()} {TensorEntry.Show(tensor.Shape)}");

        // An Int128 holds the sum of sixteen products of two longs unless both are near their limits; each step is bounded.
        Int128 last = tensor.Offset;
        for (int i = 0; i < tensor.Shape.Length && length > 0 && last < tensor.Storage.Count; i++)
            last += (Int128)(tensor.Shape[i] - 1) * tensor.Strides[i];
        if (length > 0 && last >= tensor.Storage.Count)
        {
            throw new CheckpointException(path, name,
                $"leaves its storage of {tensor.Storage.Count} elements: offset {tensor.Offset}, size {TensorEntry.Show(tensor.Shape)}, stride {TensorEntry.Show(tensor.Strides)}");
        }

        return new StridedLayout(tensor, type.ItemSize(), length);
    }

    /// <summary>Copies the elements in row-major order.</summary>
    /// <param name="source">Address of the first element.</param>
    /// <param name="target">Address of <see cref="ByteLength"/> bytes.</param>
    public unsafe void Copy(nint source, nint target)
    {
        // An odometer over all dimensions but the last, which is walked in one go.
        long[] index = new long[shape.Length];
        int last = shape.Length - 1;
        for (byte* to = (byte*)target, end = to + ByteLength; to < end;)
        {
            byte* from = (byte*)source;
            for (int i = 0; i < last; i++) from += index[i] * strides[i] * itemSize;
            to = CopyRow(from, to, shape[last], strides[last] * itemSize);
            for (int i = last - 1; i >= 0 && ++index[i] == shape[i]; i--) index[i] = 0;
        }
    }

    private unsafe byte* CopyRow(byte* from, byte* to, long count, long step)
    {
        for (long i = 0; i < count; i++, to += itemSize)
        {
            byte* element = from + i * step;
            for (int b = 0; b < itemSize; b++) to[b] = element[b];
        }

        return to;
    }

    // As torch has it, the stride of a dimension of one index means nothing.
    private bool RowMajor()
    {
        long expected = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 1) continue;
            if (strides[i] != expected) return false;
            expected *= shape[i];
        }

        return true;
    }
}
