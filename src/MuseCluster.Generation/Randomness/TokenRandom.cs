namespace MuseCluster.Generation.Randomness;

/// <summary>
/// The randomness of masked decoding, keyed by seed, picture, stage, step and position, so that a token does not depend
/// on what the picture was batched with, where it ran, or how often it was interrupted.
/// </summary>
/// <param name="seed">The request's seed.</param>
/// <param name="picture">The picture's index in its request.</param>
/// <param name="stage">The stage: 0 for the base model, 1 for super-resolution.</param>
public readonly struct TokenRandom(ulong seed, uint picture, uint stage) : ITokenRandom
{
    /// <summary>Two uniform numbers in (0, 1): one picks a token by inverse CDF, one makes its confidence's noise.</summary>
    /// <param name="step">The decoding step.</param>
    /// <param name="position">The token's position in its grid.</param>
    /// <returns>Both numbers, of 24 random bits each, never 0 or 1.</returns>
    public (float Token, float Noise) Draw(int step, int position)
    {
        var words = Philox.Words(seed, (uint)position, (uint)step, picture, stage);
        return (Unit(words.R0), Unit(words.R1));
    }

    /// <summary>Standard Gumbel noise of a uniform number: -log(-log u).</summary>
    /// <param name="uniform">In (0, 1).</param>
    /// <returns>The noise.</returns>
    public static double Gumbel(float uniform) => -Math.Log(-Math.Log(uniform));

    private static float Unit(uint word) => ((word >> 8) + 0.5f) * (1f / (1 << 24)) is var u && u < 1f ? u : 1f - (1f / (1 << 24));
}
