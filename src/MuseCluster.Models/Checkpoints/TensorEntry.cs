namespace MuseCluster.Models.Checkpoints;

/// <summary>One tensor as a header lists it. Offsets count bytes from the start of the data section.</summary>
internal sealed record TensorEntry(string Name, TensorDType DType, long[] Shape, long Begin, long End)
{
    /// <summary>The most dimensions accepted; no network here has more than five.</summary>
    public const int MaxRank = 16;

    /// <summary>
    /// Bytes that a tensor of this shape takes, or null where they do not fit a long. Dimensions of zero count as
    /// one while multiplying: libtorch computes strides that way, so [2^62, 2^62, 0] would overflow there.
    /// </summary>
    public static long? ByteLength(TensorDType dtype, ReadOnlySpan<long> shape)
    {
        long bytes = dtype.ItemSize();
        bool empty = false;
        foreach (long dimension in shape)
        {
            empty |= dimension == 0;
            long factor = Math.Max(dimension, 1);
            if (bytes > long.MaxValue / factor) return null;
            bytes *= factor;
        }

        return empty ? 0 : bytes;
    }

    /// <summary>A shape as messages show it: <c>[32, 24]</c>, or <c>[]</c> for a scalar.</summary>
    public static string Show(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
