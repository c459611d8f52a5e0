using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>A table of codes: nearest codes of latents, and codes of indices.</summary>
public abstract class Codebook : nn.Module
{
    private protected Codebook(string name)
        : base(name)
    {
    }

    /// <summary>[codes, dimensions of a code].</summary>
    public abstract Tensor codebook { get; }

    /// <summary>The nearest code of each latent, by Euclidean distance.</summary>
    /// <param name="latents">[N, dimensions, h, w].</param>
    /// <returns>int64 [N, h, w].</returns>
    public Tensor Quantize(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var sizes = latents.shape;
        var indices = Nearest(latents.permute(0, 2, 3, 1).reshape(-1, codebook.size(1)));
        return scope.MoveToOuter(indices.view(sizes[0], sizes[2], sizes[3]));
    }

    /// <summary>The nearest code of each row.</summary>
    /// <param name="rows">[M, dimensions].</param>
    /// <returns>int64 [M].</returns>
    public Tensor Nearest(Tensor rows)
    {
        using var scope = NewDisposeScope();
        // The row's own square is the same for every code.
        var distance = codebook.square().sum(1) - 2 * rows.mm(codebook.t());
        return scope.MoveToOuter(distance.argmin(1));
    }

    /// <summary>The codes of indices.</summary>
    /// <param name="indices">int64 [N, h, w].</param>
    /// <returns>[N, dimensions, h, w].</returns>
    public Tensor Lookup(Tensor indices)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(nn.functional.embedding(indices, codebook).permute(0, 3, 1, 2).contiguous());
    }
}
