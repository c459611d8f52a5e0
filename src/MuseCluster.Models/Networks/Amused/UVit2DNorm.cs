namespace MuseCluster.Models.Networks.Amused;

/// <summary>What normalises, but for the feed-forward layers' input, which is always layer-normalised.</summary>
public enum UVit2DNorm
{
    /// <summary>Root mean square, without a bias: <c>rmsnorm</c>.</summary>
    Rms,

    /// <summary>Mean and variance: <c>layernorm</c>, in open-muse only.</summary>
    Layer,
}
