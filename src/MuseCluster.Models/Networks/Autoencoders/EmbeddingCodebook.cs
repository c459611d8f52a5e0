using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>A codebook that files keep as the weight of an embedding, as every public reference does.</summary>
public sealed class EmbeddingCodebook : Codebook
{
    private readonly MuseCluster.Torch.Modules.Embedding embedding;

    /// <summary>Makes a codebook of normal random codes.</summary>
    /// <param name="name">What the embedding is called: <c>embedding</c> in most references.</param>
    /// <param name="size">Number of codes.</param>
    /// <param name="dim">Dimensions of a code.</param>
    internal EmbeddingCodebook(string name, int size, int dim)
        : base(nameof(EmbeddingCodebook))
    {
        embedding = nn.Embedding(size, dim);
        register_module(name, embedding);
    }

    /// <inheritdoc/>
    public override Tensor codebook => embedding.weight;
}
