namespace MuseCluster.Generation.Randomness;

/// <summary>What masked decoding of one picture draws: the same numbers for the same step and position, however often asked.</summary>
public interface ITokenRandom
{
    /// <summary>Two uniform numbers in (0, 1): one picks a token by inverse CDF, one makes its confidence's noise.</summary>
    /// <param name="step">The decoding step.</param>
    /// <param name="position">The token's position in its grid.</param>
    /// <returns>Both numbers.</returns>
    (float Token, float Noise) Draw(int step, int position);
}
