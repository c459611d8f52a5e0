namespace MuseCluster.Generation.Decoding;

/// <summary>How the token of one row of logits is picked.</summary>
/// <param name="Uniform">In (0, 1).</param>
/// <param name="Guidance">t of l = (1 + t) l_cond - t l_uncond.</param>
/// <param name="Floor">Tokens less likely than this share of the likeliest are impossible.</param>
internal readonly record struct SamplingRule(float Uniform, float Guidance, float Floor);
