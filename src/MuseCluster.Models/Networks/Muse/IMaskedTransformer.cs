using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>What masked decoding needs of a network: logits of chosen positions of partly masked grids.</summary>
public interface IMaskedTransformer
{
    /// <summary>The shape that both transformers share.</summary>
    MuseTransformerConfig Config { get; }

    /// <summary>Computes logits.</summary>
    /// <param name="tokens">int64 [Pictures, Tokens], the mask's index where unknown; the same for every group of a picture.</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="conditioning">Sequences in the layout's order.</param>
    /// <param name="rows">int64 [M]: which (sequence x Tokens + token) to compute; null for all, in order.</param>
    /// <returns>[M, CodebookSize].</returns>
    Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows);
}
