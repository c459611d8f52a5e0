using MuseCluster.Models.Networks.Autoencoders;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>The codebook: nearest codes of latents, and codes of indices.</summary>
public sealed class VectorQuantizer : Codebook
{
    /// <summary>Makes a codebook of normal random codes.</summary>
    /// <param name="size">Number of codes.</param>
    /// <param name="dim">Dimensions of a code.</param>
    public VectorQuantizer(int size, int dim)
        : base(nameof(VectorQuantizer))
    {
        codebook = randn(size, dim);
        register_buffer(nameof(codebook), codebook);
    }

    /// <summary>[CodebookSize, CodebookDim]; learned by moving averages, not by gradients.</summary>
    public override Tensor codebook { get; }
}
