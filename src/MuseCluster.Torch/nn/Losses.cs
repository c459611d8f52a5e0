using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Modules
{
    /// <summary>Squared error.</summary>
    /// <param name="reduction">How the elements become one number.</param>
    public sealed class MSELoss(nn.Reduction reduction) : nn.Module<Tensor, Tensor, Tensor>(nameof(MSELoss))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.mse_loss(input1, input2, reduction);
    }

    /// <summary>Absolute error.</summary>
    /// <param name="reduction">How the elements become one number.</param>
    public sealed class L1Loss(nn.Reduction reduction) : nn.Module<Tensor, Tensor, Tensor>(nameof(L1Loss))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.l1_loss(input1, input2, reduction);
    }

    /// <summary>Cross-entropy of logits [N, C, ...] against classes [N, ...].</summary>
    public sealed class CrossEntropyLoss : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Tensor? _weight;
        private readonly long? _ignore;
        private readonly nn.Reduction _reduction;

        internal CrossEntropyLoss(Tensor? weight, long? ignore_index, nn.Reduction reduction)
            : base(nameof(CrossEntropyLoss))
        {
            (_weight, _ignore, _reduction) = (weight?.alias().DetachFromDisposeScope(), ignore_index, reduction);
            if (_weight is not null)
                register_buffer("weight", _weight);
        }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input1, Tensor input2) =>
            nn.functional.cross_entropy(input1, input2, _weight, _ignore ?? -100, _reduction);
    }
}

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a squared error.</summary>
            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

            /// <summary>Makes an absolute error.</summary>
            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);

            /// <summary>Makes a cross-entropy.</summary>
            public static CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
                new(weight, ignore_index, reduction);
        }
    }
}
