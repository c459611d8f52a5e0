namespace MuseCluster.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator View = new("aten::view"), Reshape = new("aten::reshape"), Permute = new("aten::permute"),
            Transpose = new("aten::transpose", "int"), T = new("aten::t"), Unsqueeze = new("aten::unsqueeze"), Squeeze = new("aten::squeeze", "dim"),
            Expand = new("aten::expand"), Contiguous = new("aten::contiguous"), Clone = new("aten::clone"), Detach = new("aten::detach"),
            Flatten = new("aten::flatten", "using_ints"), Narrow = new("aten::narrow"), Select = new("aten::select", "int"), Slice = new("aten::slice", "Tensor"),
            Chunk = new("aten::chunk"), Split = new("aten::split", "Tensor"), SplitSizes = new("aten::split_with_sizes"),
            Index = new("aten::index", "Tensor"), IndexPut = new("aten::index_put_"), IndexSelect = new("aten::index_select"), Gather = new("aten::gather"),
            ScatterSrc = new("aten::scatter_", "src"), ScatterValue = new("aten::scatter_", "value"), ScatterAdd = new("aten::scatter_add_"),
            IndexCopy = new("aten::index_copy_"), IndexAdd = new("aten::index_add_"), Repeat = new("aten::repeat"),
            RepeatInterleave = new("aten::repeat_interleave", "self_int"), ToDtype = new("aten::to", "dtype"), ToDevice = new("aten::to", "device"),
            SqueezeAll = new("aten::squeeze"), Unbind = new("aten::unbind", "int"), Movedim = new("aten::movedim", "int"),
            TakeAlongDim = new("aten::take_along_dim"), IndexFill = new("aten::index_fill_", "int_Scalar"), Diagonal = new("aten::diagonal"),
            Nonzero = new("aten::nonzero"), Unfold = new("aten::unfold"), Roll = new("aten::roll"), Flip = new("aten::flip"), Tril = new("aten::tril"), Triu = new("aten::triu");

        /// <summary>The same elements under another shape, without a copy.</summary>
        public Tensor view(params long[] shape) => View.Call(this, shape);

        /// <summary>The same elements under another shape, copied if need be.</summary>
        public Tensor reshape(params long[] shape) => Reshape.Call(this, shape);

        /// <summary>Dimensions in another order.</summary>
        public Tensor permute(params long[] permutation) => Permute.Call(this, permutation);

        /// <summary>Swaps two dimensions.</summary>
        public Tensor transpose(long dim0, long dim1) => Transpose.Call(this, dim0, dim1);

        /// <summary>The transpose of a matrix.</summary>
        public Tensor t() => T.Call(this);

        /// <summary>Adds a dimension of size 1.</summary>
        public Tensor unsqueeze(long dim) => Unsqueeze.Call(this, dim);

        /// <summary>Drops a dimension of size 1.</summary>
        public Tensor squeeze(long dim) => Squeeze.Call(this, dim);

        /// <summary>Drops every dimension of size 1.</summary>
        public Tensor squeeze() => SqueezeAll.Call(this);

        /// <summary>The same elements in another tensor's shape, without a copy.</summary>
        public Tensor view_as(Tensor other) => View.Call(this, other.shape);

        /// <summary>Repeats dimensions of size 1 to another tensor's shape, without a copy.</summary>
        public Tensor expand_as(Tensor other) => Expand.Call(this, other.shape);

        /// <summary>Splits a dimension into several.</summary>
        public Tensor unflatten(long dim, params long[] sizes)
        {
            var all = shape.ToList();
            var at = (int)(dim < 0 ? dim + all.Count : dim);
            all.RemoveAt(at);
            all.InsertRange(at, sizes);
            return view([.. all]);
        }

        /// <summary>Moves a dimension to another place; the rest keep their order.</summary>
        public Tensor movedim(long source, long destination) => Movedim.Call(this, source, destination);

        /// <summary>The parts of a dimension one by one, without a copy; the dimension goes.</summary>
        public Tensor[] unbind(long dim = 0) => Unbind.CallMany(this, dim);

        /// <summary>The diagonal of two dimensions, without a copy.</summary>
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Diagonal.Call(this, offset, dim1, dim2);

        /// <summary>Repeats dimensions of size 1 without a copy; -1 keeps a size.</summary>
        public Tensor expand(params long[] sizes) => Expand.Call(this, sizes);

        /// <summary>This tensor in row-major order, copied if it is not.</summary>
        public Tensor contiguous() => Contiguous.Call(this);

        /// <summary>A copy.</summary>
        public Tensor clone() => Clone.Call(this);

        /// <summary>The same elements outside the gradient graph.</summary>
        public Tensor detach() => Detach.Call(this);

        /// <summary>Joins dimensions into one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Flatten.Call(this, start_dim, end_dim);

        /// <summary>A range of one dimension, without a copy.</summary>
        public Tensor narrow(long dim, long start, long length) => Narrow.Call(this, dim, start, length);

        /// <summary>A view of all windows along a dimension.</summary>
        /// <param name="dimension">Where they are taken.</param>
        /// <param name="size">Elements of a window.</param>
        /// <param name="step">Elements from the start of one to the start of the next.</param>
        /// <returns>The windows' number in the dimension's place, and their elements in a new last dimension.</returns>
        public Tensor unfold(long dimension, long size, long step) => Unfold.Call(this, dimension, size, step);

        /// <summary>One index of a dimension, without a copy; the dimension goes.</summary>
        public Tensor select(long dim, long index) => Select.Call(this, dim, index);

        /// <summary>A range of one dimension with a step, without a copy.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Slice.Call(this, dim, (long?)start, (long?)finish, step);

        /// <summary>Splits a dimension into equal parts.</summary>
        public Tensor[] chunk(long chunks, long dim = 0) => Chunk.CallMany(this, chunks, dim);

        /// <summary>Splits a dimension into parts of one size.</summary>
        public Tensor[] split(long size, long dim = 0) => Split.CallMany(this, size, dim);

        /// <summary>Splits a dimension into parts of given sizes.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => SplitSizes.CallMany(this, sizes, dim);

        /// <summary>Elements chosen by index tensors, one per dimension; null keeps a dimension whole.</summary>
        public Tensor index(params Tensor?[] indices) => Index.Call(this, Argument.OptionalTensors(indices));

        /// <summary>Writes elements chosen by index tensors.</summary>
        public Tensor index_put_(Tensor value, params Tensor?[] indices) => IndexPut.CallInPlace(this, Argument.OptionalTensors(indices), value);

        /// <summary>Rows of a dimension by their indices.</summary>
        public Tensor index_select(long dim, Tensor index) => IndexSelect.Call(this, dim, index);

        /// <summary>Copies rows of a dimension to given indices.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => IndexCopy.CallInPlace(this, dim, index, source);

        /// <summary>Adds rows of a dimension at given indices.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => IndexAdd.CallInPlace(this, dim, index, source, alpha);

        /// <summary>Sets rows of a dimension to a number.</summary>
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => IndexFill.CallInPlace(this, dim, index, value);

        /// <summary>Elements at indices along a dimension, broadcast over the others.</summary>
        public Tensor take_along_dim(Tensor indices, long? dim = null) => TakeAlongDim.Call(this, indices, dim);

        /// <summary>One element per index along a dimension.</summary>
        public Tensor gather(long dim, Tensor index) => Gather.Call(this, dim, index);

        /// <summary>Writes elements at indices along a dimension.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src) => ScatterSrc.CallInPlace(this, dim, index, src);

        /// <summary>Writes a number at indices along a dimension.</summary>
        public Tensor scatter_(long dim, Tensor index, Scalar value) => ScatterValue.CallInPlace(this, dim, index, value);

        /// <summary>Adds elements at indices along a dimension.</summary>
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => ScatterAdd.CallInPlace(this, dim, index, src);

        /// <summary>Tiles the tensor.</summary>
        public Tensor repeat(params long[] sizes) => Repeat.Call(this, sizes);

        /// <summary>Repeats each element of a dimension.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null) => RepeatInterleave.Call(this, repeats, dim);

        /// <summary>Shifts a dimension around.</summary>
        public Tensor roll(long shifts, long dims) => Roll.Call(this, Argument.Ints(shifts), Argument.Ints(dims));

        /// <summary>Reverses dimensions.</summary>
        public Tensor flip(params long[] dims) => Flip.Call(this, dims);

        /// <summary>The lower triangle.</summary>
        public Tensor tril(long diagonal = 0) => Tril.Call(this, diagonal);

        /// <summary>The upper triangle.</summary>
        public Tensor triu(long diagonal = 0) => Triu.Call(this, diagonal);

        /// <summary>The indices of the non-zero elements, one row each.</summary>
        public Tensor nonzero() => Nonzero.Call(this);

        /// <summary>This tensor in another element type.</summary>
        public Tensor to(ScalarType type, bool copy = false) => ToDtype.Call(this, type, false, copy);

        /// <summary>This tensor on another device.</summary>
        public Tensor to(Device device, bool copy = false) => ToDevice.Call(this, device, dtype, false, copy);

        /// <summary>This tensor on another device in another element type.</summary>
        public Tensor to(Device device, ScalarType type, bool copy = false) => ToDevice.Call(this, device, type, false, copy);

        /// <summary>This tensor in another element type on another device.</summary>
        public Tensor to(ScalarType type, Device device, bool copy = false) => ToDevice.Call(this, device, type, false, copy);

        /// <summary>This tensor on another's device in its element type.</summary>
        public Tensor to(Tensor other) => to(other.device, other.dtype);

        /// <summary>This tensor in another's element type.</summary>
        public Tensor type_as(Tensor tensor) => to(tensor.dtype);

        /// <summary>This tensor on the CPU.</summary>
        public Tensor cpu() => to(CPU);

        /// <summary>This tensor on the current CUDA device.</summary>
        public Tensor cuda() => to(CUDA);

        /// <summary>This tensor in single precision.</summary>
        public Tensor @float() => to(ScalarType.Float32);

        /// <summary>This tensor in double precision.</summary>
        public Tensor @double() => to(ScalarType.Float64);

        /// <summary>This tensor in half precision.</summary>
        public Tensor half() => to(ScalarType.Float16);

        /// <summary>This tensor in bfloat16.</summary>
        public Tensor bfloat16() => to(ScalarType.BFloat16);

        /// <summary>This tensor as 32-bit integers.</summary>
        public Tensor @int() => to(ScalarType.Int32);

        /// <summary>This tensor as 64-bit integers.</summary>
        public Tensor @long() => to(ScalarType.Int64);

        /// <summary>This tensor as truth values.</summary>
        public Tensor @bool() => to(ScalarType.Bool);
    }
}
