using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;

namespace MuseCluster.Training.Recipes;

/// <summary>How the vocabulary is learned: SentencePiece's unigram model over captions.</summary>
public sealed record TokenizerRecipe
{
    /// <summary>Number of pieces, the special ones included.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Captions it is learned from.</summary>
    public int Captions { get; init; } = 20_000;

    /// <summary>Sentinels of span corruption among the pieces.</summary>
    public int Sentinels { get; init; } = 8;
}

/// <summary>The text encoder and its pre-training by span corruption.</summary>
public sealed record TextRecipe
{
    /// <summary>Encoder and decoder; only the encoder is kept.</summary>
    public required T5Config Network { get; init; }

    /// <summary>The optimiser's side.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Share of the pieces taken out of a caption.</summary>
    public double NoiseDensity { get; init; } = 0.15;

    /// <summary>Mean length of what is taken out at one place, in pieces.</summary>
    public double MeanSpanLength { get; init; } = 3;
}

/// <summary>A masked transformer and how it is trained.</summary>
/// <typeparam name="TConfig">The network's configuration.</typeparam>
public sealed record TransformerRecipe<TConfig>
    where TConfig : MuseTransformerConfig
{
    /// <summary>The network.</summary>
    public required TConfig Network { get; init; }

    /// <summary>The optimiser's side.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>
    /// Of a super-resolution model: the highest share of a scene's low-resolution tokens that are replaced by near codes
    /// while it trains. 0 to 1.
    /// </summary>
    public double LowDamage { get; init; }
}
