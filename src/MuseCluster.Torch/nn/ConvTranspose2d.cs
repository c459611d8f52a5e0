using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Modules
{
    /// <summary>The transpose of a 2-D cross-correlation, [N, in, H, W] to [N, out, (H - 1) stride - 2 padding + k + output_padding, ...].</summary>
    public sealed class ConvTranspose2d : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _stride, _padding, _outputPadding, _dilation;
        private readonly long _groups;

        internal ConvTranspose2d(
            long in_channels, long out_channels, long kernel_size, long stride, long padding, long output_padding, long dilation, long groups, bool bias, Device? device)
            : base(nameof(ConvTranspose2d))
        {
            _stride = [stride, stride];
            _padding = [padding, padding];
            _outputPadding = [output_padding, output_padding];
            _dilation = [dilation, dilation];
            _groups = groups;
            // PyTorch takes the weight's second dimension for the fan-in here too.
            var bound = 1 / Math.Sqrt(out_channels / groups * kernel_size * kernel_size);
            weight = Parameter.Take(nn.init.uniform([in_channels, out_channels / groups, kernel_size, kernel_size], bound, device));
            this.bias = bias ? Parameter.Take(nn.init.uniform([out_channels], bound, device)) : null;
            RegisterComponents();
        }

        /// <summary>[in, out / groups, k, k].</summary>
        public Parameter weight { get; }

        /// <summary>[out], or null.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) =>
            nn.functional.conv_transpose2d(input, weight, bias, _stride, _padding, _outputPadding, _dilation, _groups);
    }
}

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes the transpose of a 2-D convolution, initialised as PyTorch does.</summary>
            public static ConvTranspose2d ConvTranspose2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, long groups = 1,
                bool bias = true, Device? device = null) =>
                new(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, groups, bias, device);
        }
    }
}
