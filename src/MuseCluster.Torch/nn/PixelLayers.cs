using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Modules
{
    /// <summary>Unfolds channels into squares of pixels: [N, C r r, H, W] to [N, C, H r, W r].</summary>
    /// <param name="upscale_factor">r.</param>
    public sealed class PixelShuffle(long upscale_factor) : nn.Module<Tensor, Tensor>(nameof(PixelShuffle))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.pixel_shuffle(input, upscale_factor);
    }

    /// <summary>Folds squares of pixels into channels: [N, C, H r, W r] to [N, C r r, H, W].</summary>
    /// <param name="downscale_factor">r.</param>
    public sealed class PixelUnshuffle(long downscale_factor) : nn.Module<Tensor, Tensor>(nameof(PixelUnshuffle))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => nn.functional.pixel_unshuffle(input, downscale_factor);
    }

    /// <summary>Pads every side of [N, C, H, W] by repeating the edge's pixels.</summary>
    /// <param name="padding">Pixels a side.</param>
    public sealed class ReplicationPad2d(long padding) : nn.Module<Tensor, Tensor>(nameof(ReplicationPad2d))
    {
        private static readonly Operator Pad = new("aten::replication_pad2d");
        private readonly long[] _padding = [padding, padding, padding, padding];

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Pad.Call(input, _padding);
    }
}

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a layer that unfolds channels into pixels.</summary>
            public static PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

            /// <summary>Makes a layer that folds pixels into channels.</summary>
            public static PixelUnshuffle PixelUnshuffle(long downscale_factor) => new(downscale_factor);

            /// <summary>Makes a padding by the edge's pixels.</summary>
            public static ReplicationPad2d ReplicationPad2d(long padding) => new(padding);
        }
    }
}
