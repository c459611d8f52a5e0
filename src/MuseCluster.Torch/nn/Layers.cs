using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Modules
{
    /// <summary>y = x W^T + b.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device)
            : base(nameof(Linear))
        {
            var bound = 1 / Math.Sqrt(inputSize);
            weight = Parameter.Take(nn.init.uniform([outputSize, inputSize], bound, device));
            bias = hasBias ? Parameter.Take(nn.init.uniform([outputSize], bound, device)) : null;
            RegisterComponents();
        }

        /// <summary>[output, input].</summary>
        public Parameter weight { get; }

        /// <summary>[output], or null.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);
    }

    /// <summary>A table of vectors by index.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        internal Embedding(long num_embeddings, long embedding_dims, Device? device)
            : base(nameof(Embedding))
        {
            using var initial = randn([num_embeddings, embedding_dims], device: device);
            weight = new Parameter(initial);
            RegisterComponents();
        }

        /// <summary>[num_embeddings, embedding_dims].</summary>
        public Parameter weight { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.embedding(input, weight);
    }

    /// <summary>Normalises the trailing dimensions to zero mean and unit variance, then scales and shifts.</summary>
    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _shape;
        private readonly double _eps;

        internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device)
            : base(nameof(LayerNorm))
        {
            _shape = [.. normalized_shape];
            _eps = eps;
            using var one = ones(normalized_shape, device: device);
            using var zero = zeros(normalized_shape, device: device);
            weight = elementwise_affine ? new Parameter(one) : null;
            this.bias = elementwise_affine && bias ? new Parameter(zero) : null;
            RegisterComponents();
        }

        /// <summary>The scale, or null.</summary>
        public Parameter? weight { get; }

        /// <summary>The shift, or null.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, _shape, weight, bias, _eps);
    }

    /// <summary>Normalises groups of channels to zero mean and unit variance, then scales and shifts per channel.</summary>
    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long _groups;
        private readonly double _eps;

        internal GroupNorm(long num_groups, long num_channels, double eps, Device? device)
            : base(nameof(GroupNorm))
        {
            _groups = num_groups;
            _eps = eps;
            using var one = ones([num_channels], device: device);
            using var zero = zeros([num_channels], device: device);
            weight = new Parameter(one);
            bias = new Parameter(zero);
            RegisterComponents();
        }

        /// <summary>[channels].</summary>
        public Parameter weight { get; }

        /// <summary>[channels].</summary>
        public Parameter bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.group_norm(input, _groups, weight, bias, _eps);
    }

    /// <summary>2-D cross-correlation of [N, C, H, W].</summary>
    public sealed class Conv2d : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _stride, _padding, _dilation;
        private readonly long _groups;

        internal Conv2d(long in_channels, long out_channels, long kernel_size, long stride, long padding, long dilation, long groups, bool bias, Device? device)
            : base(nameof(Conv2d))
        {
            _stride = [stride, stride];
            _padding = [padding, padding];
            _dilation = [dilation, dilation];
            _groups = groups;
            var bound = 1 / Math.Sqrt(in_channels / groups * kernel_size * kernel_size);
            weight = Parameter.Take(nn.init.uniform([out_channels, in_channels / groups, kernel_size, kernel_size], bound, device));
            this.bias = bias ? Parameter.Take(nn.init.uniform([out_channels], bound, device)) : null;
            RegisterComponents();
        }

        /// <summary>[out, in / groups, k, k].</summary>
        public Parameter weight { get; }

        /// <summary>[out], or null.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.conv2d(input, weight, bias, _stride, _padding, _dilation, _groups);
    }

    /// <summary>x sigmoid(x).</summary>
    public sealed class SiLU() : nn.Module<Tensor, Tensor>(nameof(SiLU))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => input.silu();
    }

    /// <summary>Gaussian error linear unit.</summary>
    public sealed class GELU() : nn.Module<Tensor, Tensor>(nameof(GELU))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => input.gelu();
    }

    /// <summary>Zeroes elements at random while training.</summary>
    /// <param name="p">The probability of zero.</param>
    public sealed class Dropout(double p) : nn.Module<Tensor, Tensor>(nameof(Dropout))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.dropout(input, p, training);
    }

    /// <summary>Modules one after another.</summary>
    public sealed class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor>[] _items;

        internal Sequential(nn.Module<Tensor, Tensor>[] modules)
            : base(nameof(Sequential))
        {
            _items = modules;
            for (var i = 0; i < modules.Length; i++)
                register_module(i.ToString(System.Globalization.CultureInfo.InvariantCulture), modules[i]);
        }

        /// <summary>Chains modules under given names.</summary>
        /// <param name="modules">Names and modules in order.</param>
        internal Sequential((string name, nn.Module<Tensor, Tensor> module)[] modules)
            : base(nameof(Sequential))
        {
            _items = [.. modules.Select(m => m.module)];
            foreach (var (name, module) in modules)
                register_module(name, module);
        }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input)
        {
            var current = input;
            foreach (var module in _items)
            {
                var next = module.call(current);
                // What lies between two modules is nobody else's. A module may hand on its very input.
                if (!ReferenceEquals(current, input) && !ReferenceEquals(current, next))
                    current.Dispose();
                current = next;
            }
            return ReferenceEquals(current, input) ? input.alias() : current;
        }
    }

    /// <summary>A list of modules, registered under their indices.</summary>
    /// <typeparam name="T">The type of the modules.</typeparam>
    public sealed class ModuleList<T> : nn.Module, IReadOnlyList<T>
        where T : nn.Module
    {
        private readonly T[] _items;

        /// <summary>Makes the list.</summary>
        /// <param name="modules">The modules in order.</param>
        public ModuleList(params T[] modules)
            : base(nameof(ModuleList<T>))
        {
            _items = modules;
            for (var i = 0; i < modules.Length; i++)
                register_module(i.ToString(System.Globalization.CultureInfo.InvariantCulture), modules[i]);
        }

        /// <inheritdoc/>
        public int Count => _items.Length;

        /// <inheritdoc/>
        public T this[int index] => _items[index];

        /// <inheritdoc/>
        public IEnumerator<T> GetEnumerator() => _items.AsEnumerable().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a fully connected layer, initialised as PyTorch does.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null) => new(inputSize, outputSize, hasBias, device);

            /// <summary>Makes an embedding table, initialised from the standard normal.</summary>
            public static Embedding Embedding(long num_embeddings, long embedding_dims, Device? device = null) => new(num_embeddings, embedding_dims, device);

            /// <summary>Makes a layer normalisation over trailing dimensions.</summary>
            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device);

            /// <summary>Makes a layer normalisation over the last dimension.</summary>
            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device);

            /// <summary>Makes a group normalisation.</summary>
            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-5, Device? device = null) => new(num_groups, num_channels, eps, device);

            /// <summary>Makes a 2-D convolution, initialised as PyTorch does.</summary>
            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = true, Device? device = null) =>
                new(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device);

            /// <summary>Makes a SiLU activation.</summary>
            public static SiLU SiLU() => new();

            /// <summary>Makes a GELU activation.</summary>
            public static GELU GELU() => new();

            /// <summary>Makes a dropout layer.</summary>
            public static Dropout Dropout(double p = 0.5) => new(p);

            /// <summary>Chains modules.</summary>
            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

            /// <summary>Chains modules under given names.</summary>
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            /// <summary>Makes a list of modules.</summary>
            public static ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
