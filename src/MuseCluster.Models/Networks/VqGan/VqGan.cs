using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>Encoder, codebook and decoder together.</summary>
public sealed class VqGan : nn.Module, IPixelDecoder
{
    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">The configuration cannot be built.</exception>
    public VqGan(VqGanConfig config)
        : base(nameof(VqGan))
    {
        config.Validate();
        Config = config;
        encoder = new VqGanEncoder(config);
        quantize = new VectorQuantizer(config.CodebookSize, config.CodebookDim);
        decoder = new VqGanDecoder(config);
        register_module(nameof(encoder), encoder);
        register_module(nameof(quantize), quantize);
        register_module(nameof(decoder), decoder);
    }

    /// <summary>Its shape.</summary>
    public VqGanConfig Config { get; }

    /// <inheritdoc/>
    public PixelDecoderShape Shape => Config.Shape;

    /// <summary>Pictures to latents.</summary>
    public VqGanEncoder encoder { get; }

    /// <summary>The codebook.</summary>
    public VectorQuantizer quantize { get; }

    /// <summary>Codes to pictures.</summary>
    public VqGanDecoder decoder { get; }

    /// <summary>Pictures to token grids.</summary>
    /// <param name="pictures">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>int64 [N, H / Factor, W / Factor].</returns>
    public Tensor Encode(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(quantize.Quantize(encoder.forward(pictures)));
    }

    /// <summary>Token grids to pictures.</summary>
    /// <param name="indices">int64 [N, h, w].</param>
    /// <returns>[N, 3, h Factor, w Factor], about [-1, 1].</returns>
    public Tensor Decode(Tensor indices)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(decoder.forward(quantize.Lookup(indices)));
    }
}
