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
