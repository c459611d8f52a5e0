using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Prompts;

/// <summary>Texts as the transformers see them.</summary>
/// <param name="Embeddings">[N, Length, Width].</param>
/// <param name="Mask">bool [N, Length], true at what is attended to.</param>
/// <param name="Pooled">[N, Pooled]: a vector for each text as a whole, or null.</param>
public sealed record PromptEmbedding(Tensor Embeddings, Tensor Mask, Tensor? Pooled = null) : IDisposable
{
    /// <summary>Several texts as one.</summary>
    /// <param name="items">Each text's, all of one shape.</param>
    /// <returns>New tensors, in the caller's dispose scope.</returns>
    public static PromptEmbedding Concat(params PromptEmbedding[] items) => new(
        cat([.. items.Select(i => i.Embeddings)]),
        cat([.. items.Select(i => i.Mask)]),
        items[0].Pooled is null ? null : cat([.. items.Select(i => i.Pooled!)]));

    /// <summary>Takes the tensors out of every dispose scope: this object owns them.</summary>
    /// <returns>This object.</returns>
    public PromptEmbedding Keep()
    {
        Embeddings.DetachFromDisposeScope();
        Mask.DetachFromDisposeScope();
        Pooled?.DetachFromDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embeddings.Dispose();
        Mask.Dispose();
        Pooled?.Dispose();
    }
}
