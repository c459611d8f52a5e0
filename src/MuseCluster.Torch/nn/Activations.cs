using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Modules
{
    /// <summary>max(0, x).</summary>
    public sealed class ReLU() : nn.Module<Tensor, Tensor>(nameof(ReLU))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => input.relu();
    }

    /// <summary>Hyperbolic tangent.</summary>
    public sealed class Tanh() : nn.Module<Tensor, Tensor>(nameof(Tanh))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => input.tanh();
    }

    /// <summary>Logistic function.</summary>
    public sealed class Sigmoid() : nn.Module<Tensor, Tensor>(nameof(Sigmoid))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => input.sigmoid();
    }

    /// <summary>The input under another name.</summary>
    public sealed class Identity() : nn.Module<Tensor, Tensor>(nameof(Identity))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => input.alias();
    }
}

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a ReLU activation.</summary>
            public static ReLU ReLU() => new();

            /// <summary>Makes a hyperbolic tangent.</summary>
            public static Tanh Tanh() => new();

            /// <summary>Makes a logistic function.</summary>
            public static Sigmoid Sigmoid() => new();

            /// <summary>Makes a module that does nothing.</summary>
            public static Identity Identity() => new();
        }
    }
}
