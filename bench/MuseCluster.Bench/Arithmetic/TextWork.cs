using MuseCluster.Models.Networks.T5;

namespace MuseCluster.Bench.Arithmetic;

/// <summary>What the arithmetic of the text encoder comes to.</summary>
public static class TextWork
{
    /// <summary>
    /// One text: per block four projections between d_model and heads x d_kv, attention over all positions, and a
    /// feed-forward of two layers, three where it is gated. Padding counts: the encoder runs over it.
    /// </summary>
    /// <param name="config">The encoder.</param>
    /// <param name="length">Positions of a text.</param>
    public static Work Encode(T5Config config, int length)
    {
        var width = config.NumHeads * config.DKv;
        var layers = config.FeedForwardProj == T5FeedForwardKind.GatedGelu ? 3 : 2;
        return config.NumLayers * (
            (4 * Work.Layer(length, config.DModel, width))
            + Work.Attend(length, length, width)
            + (layers * Work.Layer(length, config.DModel, config.DFf)));
    }
}
