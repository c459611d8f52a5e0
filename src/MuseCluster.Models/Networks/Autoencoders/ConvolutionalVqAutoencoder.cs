using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// A VQGAN (arXiv 2012.09841) in the layout that its descendants kept: <c>encoder</c>, <c>quant_conv</c>, <c>quantize</c>,
/// <c>post_quant_conv</c>, <c>decoder</c>. A family may do without the two convolutions around the codebook.
/// </summary>
public abstract class ConvolutionalVqAutoencoder : VqAutoencoder
{
    private readonly Conv2d? quantConv, postQuantConv;

    private protected ConvolutionalVqAutoencoder(
        string name, PixelDecoderShape shape, AutoencoderParts parts, EncoderPlan encoder, DecoderPlan decoder, int codeSize, bool projected = true)
        : base(name, encoder.Input, shape)
    {
        Encoder = encoder.Build(parts);
        Decoder = decoder.Build(parts);
        Codes = new EmbeddingCodebook("embedding", shape.CodebookSize, codeSize);
        register_module("encoder", Encoder);
        register_module("decoder", Decoder);
        register_module("quantize", Codes);
        if (!projected) return;
        quantConv = nn.Conv2d(encoder.Output, codeSize, 1);
        postQuantConv = nn.Conv2d(codeSize, decoder.Input, 1);
        register_module("quant_conv", quantConv);
        register_module("post_quant_conv", postQuantConv);
    }

    /// <summary>Pixels [N, channels, H, W] to what the codebook's projection takes, [N, z, h, w].</summary>
    public Chain Encoder { get; }

    /// <summary>The projected codes, [N, z, h, w], to pixels [N, channels, H, W].</summary>
    public Chain Decoder { get; }

    /// <inheritdoc/>
    public sealed override EmbeddingCodebook Codes { get; }

    /// <summary>What the decoder is given for codes: <c>post_quant_conv</c>, or the codes themselves where a family has none.</summary>
    /// <param name="codes">[N, dimensions of a code, h, w].</param>
    /// <returns>[N, z, h, w].</returns>
    public Tensor ProjectCodes(Tensor codes) => postQuantConv is null ? codes.alias() : postQuantConv.forward(codes);

    private protected sealed override Tensor ToLatents(Tensor pixels)
    {
        Tensor hidden = Encoder.forward(pixels);
        return quantConv is null ? hidden : quantConv.forward(hidden);
    }

    private protected sealed override Tensor ToPixels(Tensor codes) => Decoder.forward(ProjectCodes(codes));
}
