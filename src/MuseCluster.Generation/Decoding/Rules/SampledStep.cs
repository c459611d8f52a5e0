using MuseCluster.Generation.Randomness;

namespace MuseCluster.Generation.Decoding.Rules;

/// <summary>What a rule is told of a step whose tokens are sampled.</summary>
internal readonly ref struct SampledStep
{
    /// <summary>The step, from 0.</summary>
    internal required int Step { get; init; }

    /// <summary>Tokens of the grid.</summary>
    internal required int Tokens { get; init; }

    /// <summary>Tokens that were masked before the first step.</summary>
    internal required int InitiallyMasked { get; init; }

    /// <summary>Positions that were masked before this step, in order.</summary>
    internal required int[] Positions { get; init; }

    /// <summary>The probability of the token sampled at each of <see cref="Positions"/>.</summary>
    internal required ReadOnlySpan<float> Probabilities { get; init; }

    /// <summary>The picture's randomness.</summary>
    internal required ITokenRandom Random { get; init; }
}
