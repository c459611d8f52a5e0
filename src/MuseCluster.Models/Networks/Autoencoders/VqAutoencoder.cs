using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// An autoencoder whose latents are replaced by the nearest codes of a codebook (VQ-VAE, arXiv 1711.00937): pictures to token
/// grids and back.
/// </summary>
public abstract class VqAutoencoder : nn.Module, IPixelDecoder
{
    private readonly int channels;

    private protected VqAutoencoder(string name, int channels, PixelDecoderShape shape)
        : base(name) => (this.channels, Shape) = (channels, shape);

    /// <inheritdoc/>
    public PixelDecoderShape Shape { get; }

    /// <summary>The codes.</summary>
    public abstract Codebook Codes { get; }

    /// <summary>Pixels per token along one side.</summary>
    public int Factor => Shape.Factor;

    /// <summary>Pictures to latents: what is compared with the codes.</summary>
    /// <param name="pixels">[N, channels, H, W]; H and W multiples of <see cref="Factor"/>.</param>
    /// <returns>[N, dimensions of a code, H / Factor, W / Factor].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor EncodeLatents(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        CheckShape(pixels, channels, nameof(pixels));
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(ToLatents(pixels));
    }

    /// <summary>The nearest code of each latent.</summary>
    /// <param name="latents">[N, dimensions of a code, h, w].</param>
    /// <returns>int64 [N, h, w].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor Quantize(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        CheckShape(latents, Codes.codebook.size(1), nameof(latents));
        return Codes.Quantize(latents);
    }

    /// <summary>The codes of indices.</summary>
    /// <param name="indices">int64 [N, h, w], each below the number of codes.</param>
    /// <returns>[N, dimensions of a code, h, w].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor Lookup(Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (indices.dim() != 3)
            throw new ArgumentException($"indices has shape [{string.Join(", ", indices.shape)}]; expected [N, h, w]", nameof(indices));
        return Codes.Lookup(indices);
    }

    /// <summary>Codes to pictures.</summary>
    /// <param name="codes">[N, dimensions of a code, h, w], as <see cref="Lookup"/> gives them.</param>
    /// <returns>[N, channels, h Factor, w Factor].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor DecodeCodes(Tensor codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        CheckShape(codes, Codes.codebook.size(1), nameof(codes));
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(ToPixels(codes));
    }

    /// <summary>Latents to pictures, by way of their nearest codes.</summary>
    /// <param name="latents">[N, dimensions of a code, h, w], as <see cref="EncodeLatents"/> gives them.</param>
    /// <returns>[N, channels, h Factor, w Factor].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor DecodeLatents(Tensor latents)
    {
        using Tensor indices = Quantize(latents);
        return Decode(indices);
    }

    /// <summary>Pictures to token grids.</summary>
    /// <param name="pixels">As in <see cref="EncodeLatents"/>.</param>
    /// <returns>int64 [N, H / Factor, W / Factor].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor Encode(Tensor pixels)
    {
        using Tensor latents = EncodeLatents(pixels);
        return Quantize(latents);
    }

    /// <summary>Token grids to pictures.</summary>
    /// <param name="indices">As in <see cref="Lookup"/>.</param>
    /// <returns>[N, channels, h Factor, w Factor].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor Decode(Tensor indices)
    {
        using Tensor codes = Lookup(indices);
        return DecodeCodes(codes);
    }

    /// <summary>Refuses what is not [N, channels, H, W].</summary>
    internal static void CheckShape(Tensor pictures, long channels, string name)
    {
        long[] shape = pictures.shape;
        if (shape.Length != 4 || shape[1] != channels)
            throw new ArgumentException($"{name} has shape [{string.Join(", ", shape)}]; expected [N, {channels}, height, width]", name);
    }

    private protected abstract Tensor ToLatents(Tensor pixels);

    private protected abstract Tensor ToPixels(Tensor codes);
}
