using MuseCluster.Models.Networks.T5;

namespace MuseCluster.Training.Recipes;

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

    /// <summary>
    /// Share of the texts that are captions and then their facts in a random order (<see cref="ShapesWorld.CaptionFacts"/>), of
    /// which the facts are taken out whole. The words of a caption hardly foretell each other, so that spans alone teach an
    /// encoder no reason to keep what a word was, nor what it belongs to.
    /// </summary>
    public double Facts { get; init; }
}
