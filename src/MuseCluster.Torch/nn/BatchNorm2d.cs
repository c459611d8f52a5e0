using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Modules
{
    /// <summary>
    /// Normalises each channel of [N, C, H, W] to zero mean and unit variance, then scales and shifts it. In training by the
    /// batch's own mean and variance, of which it keeps a running average; in evaluation by that average.
    /// </summary>
    public sealed class BatchNorm2d : nn.Module<Tensor, Tensor>
    {
        private readonly double _eps, _momentum;

        internal BatchNorm2d(long features, double eps, double momentum, Device? device)
            : base(nameof(BatchNorm2d))
        {
            (_eps, _momentum) = (eps, momentum);
            weight = Parameter.Take(ones([features], device: device));
            bias = Parameter.Take(zeros([features], device: device));
            running_mean = zeros([features], device: device);
            running_var = ones([features], device: device);
            num_batches_tracked = zeros([], ScalarType.Int64, device);
            RegisterComponents();
            register_buffer(nameof(running_mean), running_mean);
            register_buffer(nameof(running_var), running_var);
            register_buffer(nameof(num_batches_tracked), num_batches_tracked);
        }

        /// <summary>The scale, [features].</summary>
        public Parameter weight { get; }

        /// <summary>The shift, [features].</summary>
        public Parameter bias { get; }

        /// <summary>The running mean, [features].</summary>
        public Tensor running_mean { get; }

        /// <summary>The running variance, unbiased, [features].</summary>
        public Tensor running_var { get; }

        /// <summary>How many batches were averaged: int64, a scalar.</summary>
        public Tensor num_batches_tracked { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input)
        {
            if (training)
                num_batches_tracked.add_(1);
            return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, _momentum, _eps);
        }
    }
}

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a batch normalisation of pictures.</summary>
            public static BatchNorm2d BatchNorm2d(long features, double eps = 1e-5, double momentum = 0.1, Device? device = null) => new(features, eps, momentum, device);
        }
    }
}
