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
    /// Centres are multiples of 1 / PositionGrid of the canvas where the caption's objects fit so; 0 places them anywhere.
    /// Aligned with the tokens' cells, a scene needs fewer different tokens. Default 0.
    /// </summary>
    [Range(0, 4096)]
    public int PositionGrid { get; init; }

    /// <summary>Where in a cell of that grid centres lie, 0 to 1: 0 in its corner, 0.5 in its middle. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double PositionOffset { get; init; }

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
        if (SingleWeight + CountedWeight + RelatedWeight + PairWeight <= 0)
            throw new ValidationException("At least one of the kinds' weights must be above 0.");
    }
}
