namespace MuseCluster.Generation.Decoding;

/// <summary>How the token of one row of logits is picked.</summary>
/// <param name="Uniform">In (0, 1).</param>
/// <param name="Guidance">t of l = (1 + t) l_cond - t l_uncond.</param>
/// <param name="Floor">Tokens less likely than this share of the likeliest are impossible.</param>
/// <param name="Cooling">What logits are multiplied by before a token is picked, 1 over their temperature; its probability is told without. Default 1.</param>
/// <param name="Top">How many of the likeliest tokens are possible, with those that equal the last of them; 0 for all.</param>
internal readonly record struct SamplingRule(float Uniform, float Guidance, float Floor, float Cooling = 1, int Top = 0)
{
    /// <summary>Whether tokens are picked by other weights than their probabilities.</summary>
    internal bool Reweighs => Cooling != 1 || Top > 0;
}
