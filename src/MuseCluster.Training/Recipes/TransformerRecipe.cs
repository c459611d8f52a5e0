using MuseCluster.Models.Networks.Muse;

namespace MuseCluster.Training.Recipes;

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
    /// Of a super-resolution model: the highest share of a scene's low-resolution tokens that are taken from the place beside
    /// their own while it trains. 0 to 1.
    /// </summary>
    public double LowDamage { get; init; }

    /// <summary>
    /// Of a super-resolution model: the share of scenes, those whose objects only their colours tell apart left out, that
    /// it sees with the low-resolution tokens of other colours than the caption's and the picture's. 0 to 1.
    /// </summary>
    public double LowRecolored { get; init; }
}
