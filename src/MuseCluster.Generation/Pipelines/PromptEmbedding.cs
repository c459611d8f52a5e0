using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Pipelines;

/// <summary>A text as the transformers see it.</summary>
/// <param name="Embeddings">[1, TextLength, TextDim].</param>
/// <param name="Mask">bool [1, TextLength], true where not padding.</param>
public sealed record PromptEmbedding(Tensor Embeddings, Tensor Mask) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Embeddings.Dispose();
        Mask.Dispose();
    }
}
