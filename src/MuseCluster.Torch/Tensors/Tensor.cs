namespace MuseCluster.Torch;

public static partial class torch
{
    /// <summary>An n-dimensional array of one element type on one device; TorchSharp's <c>torch.Tensor</c>.</summary>
    public unsafe partial class Tensor : IDisposable
    {
        private SafeTensorHandle _handle;

        internal Tensor(nint handle)
        {
            _handle = new SafeTensorHandle(handle);
            DisposeScope.Register(this);
        }

        /// <summary>How many native tensors are alive in the process; tests compare it before and after.</summary>
        public static long TotalCount => NativeMethods.mt_live_tensors();

        /// <summary>True once the tensor has been disposed.</summary>
        public bool IsDisposed => _handle.IsClosed;

        internal DisposeScope? Scope { get; set; }

        /// <summary>The native tensor, valid while this object is reachable and not disposed.</summary>
        /// <exception cref="ObjectDisposedException">The tensor has been disposed.</exception>
        internal nint Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
                return _handle.DangerousGetHandle();
            }
        }

        /// <summary>
        /// True for the undefined tensor, which some operators return for a result that was not asked for. Operators take
        /// it; it has no shape, type or elements.
        /// </summary>
        public bool IsInvalid => _handle.IsInvalid;

        // Native accessors read the tensor's fields: neither a disposed nor an undefined one may reach them.
        private nint Defined => Handle is var handle and not 0 ? handle : throw new InvalidOperationException("The tensor is undefined: it has no shape, type or elements.");

        internal static Tensor Own(long handle) => new((nint)handle);

        internal nint NewReference()
        {
            NativeMethods.Check(NativeMethods.mt_tensor_alias(Handle, out var handle), nameof(alias));
            GC.KeepAlive(this);
            return handle;
        }

        // A parameter keeps its identity, which modules and optimizers hold, when its storage moves.
        internal void Adopt(Tensor other)
        {
            var old = _handle;
            _handle = new SafeTensorHandle(other.NewReference());
            old.Dispose();
        }

        /// <summary>Lets go of the native tensor; its memory is freed when no other tensor or graph uses it.</summary>
        public void Dispose()
        {
            Scope = null;
            _handle.Dispose();
            GC.SuppressFinalize(this);
        }

        /// <summary>Takes the tensor out of every <see cref="DisposeScope"/>: the caller disposes it.</summary>
        /// <returns>This tensor.</returns>
        public Tensor DetachFromDisposeScope()
        {
            Scope = null;
            return this;
        }

        /// <summary>Hands the tensor to the scope outside its own.</summary>
        /// <returns>This tensor.</returns>
        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        /// <summary>A second owner of the same native tensor.</summary>
        /// <returns>A tensor over the same storage, shape and graph.</returns>
        public Tensor alias() => new(NewReference());

        /// <summary>The number of dimensions.</summary>
        public long dim() => Info().Rank;

        /// <summary>The number of dimensions.</summary>
        public long ndim => Info().Rank;

        /// <summary>The number of elements.</summary>
        /// <returns>The product of the sizes.</returns>
        public long numel() => Info().Numel;

        /// <summary>The element type.</summary>
        public ScalarType dtype => (ScalarType)Info().Dtype;

        /// <summary>Where the tensor lives.</summary>
        public Device device
        {
            get
            {
                var info = Info();
                return new Device((DeviceType)info.DeviceType, info.DeviceType == 0 ? -1 : (int)info.DeviceIndex);
            }
        }

        /// <summary>The size of each dimension.</summary>
        public long[] shape
        {
            get
            {
                var rank = (int)Info().Rank;
                var sizes = stackalloc long[2 * rank];
                ReadSizes(sizes, sizes + rank);
                return new ReadOnlySpan<long>(sizes, rank).ToArray();
            }
        }

        /// <summary>The distance in elements between neighbours along each dimension.</summary>
        /// <returns>The strides.</returns>
        public long[] stride()
        {
            var rank = (int)Info().Rank;
            var sizes = stackalloc long[2 * rank];
            ReadSizes(sizes, sizes + rank);
            return new ReadOnlySpan<long>(sizes + rank, rank).ToArray();
        }

        /// <summary>The size of one dimension.</summary>
        /// <param name="dim">The dimension; negative counts from the end.</param>
        /// <returns>Its size.</returns>
        /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
        public long size(int dim)
        {
            var rank = (int)Info().Rank;
            var at = dim < 0 ? dim + rank : dim;
            if ((uint)at >= (uint)rank)
                throw new ArgumentOutOfRangeException(nameof(dim), dim, $"A tensor of {rank} dimensions has no such dimension.");
            var sizes = stackalloc long[2 * rank];
            ReadSizes(sizes, sizes + rank);
            return sizes[at];
        }

        /// <summary>Whether the elements lie in memory in row-major order without gaps.</summary>
        /// <returns>True if so.</returns>
        public bool is_contiguous() => (Flags() & 4) != 0;

        /// <summary>Whether the tensor was made in inference mode and cannot be recorded for gradients.</summary>
        /// <returns>True if so.</returns>
        public bool is_inference() => (Flags() & 8) != 0;

        /// <summary>Whether the tensor has a fixed place in the gradient graph rather than being computed.</summary>
        public bool is_leaf => (Flags() & 2) != 0;

        /// <summary>Whether gradients are recorded for the tensor.</summary>
        public bool requires_grad
        {
            get => (Flags() & 1) != 0;
            set
            {
                NativeMethods.Check(NativeMethods.mt_tensor_set_requires_grad(Defined, value ? 1 : 0), nameof(requires_grad));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Sets <see cref="requires_grad"/>.</summary>
        /// <param name="requires_grad">The new value.</param>
        /// <returns>This tensor.</returns>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>The accumulated gradient of a leaf, or null.</summary>
        public Tensor? grad
        {
            get
            {
                NativeMethods.Check(NativeMethods.mt_tensor_grad(Defined, out var handle), nameof(grad));
                GC.KeepAlive(this);
                return handle == 0 ? null : new Tensor(handle);
            }
            set
            {
                NativeMethods.Check(NativeMethods.mt_tensor_set_grad(Defined, value?.Handle ?? 0), nameof(grad));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        /// <summary>Computes the gradients of this scalar with respect to every leaf of its graph and adds them to theirs.</summary>
        /// <param name="gradient">The gradient that arrives here, of this tensor's shape; 1 for a scalar.</param>
        /// <param name="retain_graph">Keep the graph for another pass.</param>
        /// <param name="create_graph">Record the gradients' own graph.</param>
        /// <exception cref="TorchException">There is no graph, or the tensor is no scalar and no gradient is given.</exception>
        public void backward(Tensor? gradient = null, bool retain_graph = false, bool create_graph = false)
        {
            var root = Handle;
            var incoming = gradient?.Handle ?? 0;
            NativeMethods.Check(
                NativeMethods.mt_backward(&root, 1, gradient is null ? null : &incoming, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0),
                nameof(backward));
            GC.KeepAlive(this);
            GC.KeepAlive(gradient);
        }

        /// <summary>The elements as memory, without a copy: valid while the tensor lives, on the CPU, contiguous.</summary>
        /// <typeparam name="T">The type of an element, of the dtype's size.</typeparam>
        /// <returns>All elements in row-major order.</returns>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU, not contiguous, or of another element size.</exception>
        public Span<T> data<T>()
            where T : unmanaged
        {
            var info = Info();
            if (info.DeviceType != 0 || !is_contiguous())
                throw new InvalidOperationException($"The elements of a tensor on {device} can be read in place only on the CPU and contiguous: call cpu().contiguous() first.");
            if (ElementSize((ScalarType)info.Dtype) != sizeof(T))
                throw new InvalidOperationException($"Elements of {dtype} cannot be read as {typeof(T).Name}.");
            NativeMethods.Check(NativeMethods.mt_tensor_data(Defined, out var data), nameof(data));
            GC.KeepAlive(this);
            return new Span<T>((void*)data, checked((int)info.Numel));
        }

        /// <summary>The only element of a tensor of one element.</summary>
        /// <typeparam name="T">The element's type, of the dtype's size.</typeparam>
        /// <returns>The element.</returns>
        /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (numel() != 1)
                throw new InvalidOperationException($"item() needs a tensor of one element, this has shape [{string.Join(", ", shape)}].");
            using var local = cpu();
            return local.data<T>()[0];
        }

        /// <summary>A copy of the elements, from any device, in row-major order.</summary>
        /// <typeparam name="T">The type of an element, of the dtype's size.</typeparam>
        /// <returns>The elements.</returns>
        public T[] ToArray<T>()
            where T : unmanaged
        {
            using var local = cpu();
            using var ordered = local.contiguous();
            return ordered.data<T>().ToArray();
        }

        /// <inheritdoc/>
        public override string ToString() => IsDisposed ? "disposed" : IsInvalid ? "undefined" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        internal static int ElementSize(ScalarType type) => type switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            _ => 8,
        };

        private (long Rank, long Numel, long Dtype, long DeviceType, long DeviceIndex) Info()
        {
            NativeMethods.Check(NativeMethods.mt_tensor_info(Defined, out var rank, out var numel, out var dtype, out var type, out var index), "tensor");
            GC.KeepAlive(this);
            return (rank, numel, dtype, type, index);
        }

        private void ReadSizes(long* sizes, long* strides)
        {
            NativeMethods.Check(NativeMethods.mt_tensor_sizes(Handle, sizes, strides), "tensor");
            GC.KeepAlive(this);
        }

        private long Flags()
        {
            NativeMethods.Check(NativeMethods.mt_tensor_flags(Defined, out var flags), "tensor");
            GC.KeepAlive(this);
            return flags;
        }
    }
}
