using MuseCluster.Models.Prompts;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks;

/// <summary>What N sequences of a masked transformer are conditioned on. Each network says what it needs of it.</summary>
/// <param name="Prompt">The texts.</param>
/// <param name="LowGrid">int64 [N, tokens]: the codes of the smaller picture, row by row, for super-resolution; null otherwise.</param>
/// <param name="Micro">
/// [N, numbers]: micro-conditioning (SDXL, arXiv 2307.01952, section 2.2); in aMUSEd the width and height of the picture, left and
/// top of its crop, and its aesthetic score. Null for networks without.
/// </param>
public sealed record ConditioningInput(PromptEmbedding Prompt, Tensor? LowGrid = null, Tensor? Micro = null);
