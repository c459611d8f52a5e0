namespace MuseCluster.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>
        /// Part of the tensor: a view if the indices are places, ranges and new dimensions, a copy if there is an index
        /// tensor or mask among them. Setting writes into this tensor, broadcast.
        /// </summary>
        /// <param name="indices">One index per dimension, from the first on; dimensions left over are whole.</param>
        /// <returns>The part.</returns>
        /// <exception cref="ArgumentException">There are two ellipses or more indices than dimensions.</exception>
        /// <exception cref="TorchException">A place is out of range, or a mask of another shape.</exception>
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>Part of the tensor, as by the indexer.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = Resolve(indices);
            return scope.MoveToOuter(tensors.Count == 0 ? view : view.index([.. tensors]));
        }

        /// <summary>Writes into part of the tensor, as by the indexer.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = Resolve(indices);
            if (tensors.Count == 0)
                view.copy_(value);
            else
                view.index_put_(value, [.. tensors]);
            return this;
        }

        // Applies all but the index tensors to a view, and lines those up with the dimensions that are left.
        private (Tensor View, List<Tensor?> Tensors) Resolve(TensorIndex[] indices)
        {
            var rank = (int)ndim;
            var used = indices.Sum(Width);
            if (used > rank)
                throw new ArgumentException($"{used} indices for a tensor of {rank} dimensions.", nameof(indices));
            if (indices.Count(i => i.Kind == TensorIndex.Form.Ellipsis) > 1)
                throw new ArgumentException("More than one ellipsis among the indices.", nameof(indices));
            var view = alias();
            var tensors = new List<Tensor?>();
            var dim = 0;
            var merged = 0;
            foreach (var i in indices)
            {
                switch (i.Kind)
                {
                    case TensorIndex.Form.Single:
                        view = view.select(dim, i.Start!.Value);
                        break;
                    case TensorIndex.Form.Slice:
                        if (i.Start is not null || i.Stop is not null || i.Step != 1)
                            view = Slice.Call(view, dim, i.Start, i.Stop, i.Step);
                        dim++;
                        break;
                    case TensorIndex.Form.Null:
                        view = view.unsqueeze(dim++);
                        break;
                    case TensorIndex.Form.Ellipsis:
                        dim += rank - used;
                        break;
                    default:
                        // A mask of k dimensions is one entry of the operator's list but stands for k.
                        while (tensors.Count < dim - merged)
                            tensors.Add(null);
                        tensors.Add(i.Indices);
                        dim += Width(i);
                        merged += Width(i) - 1;
                        break;
                }
            }
            return (view, tensors);
        }

        private static int Width(TensorIndex index) => index.Kind switch
        {
            TensorIndex.Form.Null or TensorIndex.Form.Ellipsis => 0,
            TensorIndex.Form.Tensor when index.Indices!.dtype is ScalarType.Bool or ScalarType.Byte => (int)index.Indices.ndim,
            _ => 1,
        };
    }
}
