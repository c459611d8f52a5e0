using System.ComponentModel.DataAnnotations;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>Which (colour, shape) pairs captions are made of.</summary>
public enum SceneSplit
{
    /// <summary>No held-out pair: what training shows, and the seen half of an evaluation.</summary>
    Seen,

    /// <summary>At least one held-out pair in every caption.</summary>
    HeldOut,
}

/// <summary>How scenes are drawn.</summary>
public sealed class SceneSamplerOptions
{
    /// <summary>Which pairs captions are made of. Default: <see cref="SceneSplit.Seen"/>.</summary>
    public SceneSplit Split { get; init; } = SceneSplit.Seen;

    /// <summary>How often a caption has one object, relative to the other weights. Default 1.</summary>
    [Range(0, 1e6)]
    public double SingleWeight { get; init; } = 1;

    /// <summary>How often a caption counts equal objects. Default 1.</summary>
    [Range(0, 1e6)]
    public double CountedWeight { get; init; } = 1;

    /// <summary>How often a caption relates two objects. Default 1.</summary>
    [Range(0, 1e6)]
    public double RelatedWeight { get; init; } = 1;

    /// <summary>How often a caption pairs two objects. Default 1.</summary>
    [Range(0, 1e6)]
    public double PairWeight { get; init; } = 1;

    /// <summary>How often a caption names its background, 0 to 1. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double BackgroundProbability { get; init; } = 0.5;

    /// <summary>How often each choice of words departs from the plainest, 0 to 1. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double ParaphraseProbability { get; init; } = 0.5;

    /// <summary>
    /// The coordinates, 0 to 1, that centres have along either axis where the caption's objects fit so; anywhere where there are
    /// none, which is the default. Few positions, in the middle of tokens' cells, make pictures alike and easier to learn: which of
    /// many places an object takes is chance, and the loss of chance drowns the rest.
    /// </summary>
    public IReadOnlyList<double> Positions { get; init; } = [];

    internal double Weight(CaptionKind kind) => kind switch
    {
        CaptionKind.Single => SingleWeight,
        CaptionKind.Counted => CountedWeight,
        CaptionKind.Related => RelatedWeight,
        _ => PairWeight,
    };

    internal void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (!Enum.IsDefined(Split))
            throw new ValidationException($"{nameof(Split)} is {Split}; it must be Seen or HeldOut.");
        if (Positions.Any(position => position is not (> 0 and < 1)))
            throw new ValidationException($"{nameof(Positions)} are {string.Join(", ", Positions)}; they must be above 0 and below 1.");
        if (SingleWeight + CountedWeight + RelatedWeight + PairWeight <= 0)
            throw new ValidationException("At least one of the kinds' weights must be above 0.");
    }
}
