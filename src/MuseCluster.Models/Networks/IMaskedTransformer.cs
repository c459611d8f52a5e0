using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks;

/// <summary>What masked decoding needs of a network: conditioning computed once per picture, and logits of chosen positions of partly masked grids.</summary>
public interface IMaskedTransformer : IDisposable
{
    /// <summary>Its shape.</summary>
    MaskedTransformerShape Shape { get; }

    /// <summary>Projects what sequences are conditioned on, once for all steps.</summary>
    /// <param name="input">What they are conditioned on.</param>
    /// <returns>The conditioning of N sequences, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Something that the network needs is missing or of another shape.</exception>
    Conditioning Condition(ConditioningInput input);

    /// <summary>Computes logits.</summary>
    /// <param name="tokens">int64 [Pictures, Height, Width], the mask's index where unknown; the same for every group of a picture.</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="conditioning">Sequences in the layout's order.</param>
    /// <param name="rows">int64 [M]: which (sequence x tokens of a grid + token) to compute; null for all, in order.</param>
    /// <returns>[M, CodebookSize] float32.</returns>
    Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows);
}
