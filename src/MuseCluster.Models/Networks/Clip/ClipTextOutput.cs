using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>What a <see cref="ClipTextEncoder"/> makes of texts. Its tensors belong to the caller's dispose scope, or to the caller.</summary>
/// <param name="LastHiddenState">[B, L, hidden_size] float32: the last block's result after the final normalisation.</param>
/// <param name="HiddenStates">
/// num_hidden_layers + 1 tensors [B, L, hidden_size]: the input of each block, then the result of the last. None of them has
/// gone through the final normalisation. HuggingFace's <c>hidden_states</c>.
/// </param>
/// <param name="PooledOutput">[B, hidden_size] float32: <paramref name="LastHiddenState"/> at each text's end.</param>
/// <param name="TextEmbeds">[B, projection_dim] float32: the projected <paramref name="PooledOutput"/>; null without a projection.</param>
public sealed record ClipTextOutput(Tensor LastHiddenState, IReadOnlyList<Tensor> HiddenStates, Tensor PooledOutput, Tensor? TextEmbeds)
{
    /// <summary>[B, L, hidden_size]: the input of the last block, not normalised, which aMUSEd attends to.</summary>
    public Tensor Penultimate => HiddenStates[^2];
}
