namespace MuseCluster.Torch;

public static partial class torch
{
    /// <summary>One index of <c>tensor[...]</c>: a place, a range, an index tensor or mask, a new dimension, or an ellipsis.</summary>
    public readonly struct TensorIndex
    {
        private TensorIndex(Form form, long? start = null, long? stop = null, long step = 1, torch.Tensor? indices = null)
        {
            Kind = form;
            Start = start;
            Stop = stop;
            Step = step;
            Indices = indices;
        }

        internal enum Form
        {
            Slice,
            Single,
            Tensor,
            Null,
            Ellipsis,
        }

        /// <summary>All of a dimension.</summary>
        public static TensorIndex Colon => new(Form.Slice);

        /// <summary>All the dimensions that the other indices leave.</summary>
        public static TensorIndex Ellipsis => new(Form.Ellipsis);

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex Null => new(Form.Null);

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None => Null;

        internal Form Kind { get; }

        internal long? Start { get; }

        internal long? Stop { get; }

        internal long Step { get; }

        internal torch.Tensor? Indices { get; }

        /// <summary>A range of a dimension.</summary>
        /// <param name="start">The first index; negative counts from the end, null is the first.</param>
        /// <param name="stop">The index after the last; negative counts from the end, null is the end.</param>
        /// <param name="step">The distance between two; null is 1.</param>
        /// <returns>The index.</returns>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Form.Slice, start, stop, step ?? 1);

        /// <summary>One place of a dimension; the dimension goes.</summary>
        /// <param name="index">The place; negative counts from the end.</param>
        /// <returns>The index.</returns>
        public static TensorIndex Single(long index) => new(Form.Single, index);

        /// <summary>Places by an integer tensor, or where a boolean one is true.</summary>
        /// <param name="tensor">The indices or the mask.</param>
        /// <returns>The index.</returns>
        public static TensorIndex Tensor(torch.Tensor tensor) => new(Form.Tensor, indices: tensor ?? throw new ArgumentNullException(nameof(tensor)));

        /// <summary>One place of a dimension.</summary>
        /// <param name="index">The place.</param>
        public static implicit operator TensorIndex(long index) => Single(index);

        /// <summary>Places by an integer tensor, or where a boolean one is true.</summary>
        /// <param name="tensor">The indices or the mask.</param>
        public static implicit operator TensorIndex(torch.Tensor tensor) => Tensor(tensor);

        /// <summary>A range of a dimension, e.g. <c>1..^1</c>.</summary>
        /// <param name="range">The range.</param>
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);
    }
}
