using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>The codebook: nearest codes of latents, and codes of indices.</summary>
public sealed class VectorQuantizer : nn.Module
{
    private readonly int _dim;

    /// <summary>Makes a codebook of normal random codes.</summary>
    /// <param name="size">Number of codes.</param>
    /// <param name="dim">Dimensions of a code.</param>
    public VectorQuantizer(int size, int dim)
        : base(nameof(VectorQuantizer))
    {
        _dim = dim;
        codebook = randn(size, dim);
        register_buffer(nameof(codebook), codebook);
    }

    /// <summary>[CodebookSize, CodebookDim]; learned by moving averages, not by gradients.</summary>
    public Tensor codebook { get; }

    /// <summary>The nearest code of each latent, by Euclidean distance.</summary>
    /// <param name="latents">[N, CodebookDim, h, w].</param>
    /// <returns>int64 [N, h, w].</returns>
    public Tensor Quantize(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var sizes = latents.shape;
        var indices = Nearest(latents.permute(0, 2, 3, 1).reshape(-1, _dim));
        return scope.MoveToOuter(indices.view(sizes[0], sizes[2], sizes[3]));
    }

    /// <summary>The nearest code of each row.</summary>
    /// <param name="rows">[M, CodebookDim].</param>
    /// <returns>int64 [M].</returns>
    public Tensor Nearest(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var distance = codebook.square().sum(1) - 2 * rows.mm(codebook.t());
        return scope.MoveToOuter(distance.argmin(1));
    }

    /// <summary>The codes of indices.</summary>
    /// <param name="indices">int64 [N, h, w].</param>
    /// <returns>[N, CodebookDim, h, w].</returns>
    public Tensor Lookup(Tensor indices)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(nn.functional.embedding(indices, codebook).permute(0, 3, 1, 2).contiguous());
    }
}
