using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks;

/// <summary>Pixel decoding: token grids to pictures, and back.</summary>
public interface IPixelDecoder : IDisposable
{
    /// <summary>Its shape.</summary>
    PixelDecoderShape Shape { get; }

    /// <summary>Token grids to pictures.</summary>
    /// <param name="indices">int64 [N, h, w], each below the number of codes.</param>
    /// <returns>[N, 3, h Factor, w Factor] float32, about in <see cref="PixelDecoderShape.Range"/>.</returns>
    Tensor Decode(Tensor indices);

    /// <summary>Pictures to token grids.</summary>
    /// <param name="pixels">[N, 3, H, W] float32 in <see cref="PixelDecoderShape.Range"/>; H and W multiples of the factor.</param>
    /// <returns>int64 [N, H / Factor, W / Factor].</returns>
    Tensor Encode(Tensor pixels);
}

/// <summary>What has to be known of a pixel decoder.</summary>
/// <param name="CodebookSize">Number of codes.</param>
/// <param name="Factor">Pixels per token along one side.</param>
/// <param name="Range">What its pixels are.</param>
/// <param name="GridSize">Tokens along one side of the pictures that it is made for; null where it decodes grids of any size.</param>
public sealed record PixelDecoderShape(int CodebookSize, int Factor, PixelRange Range, int? GridSize = null);
