namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// Which levels have attentions where a configuration lists sides of pictures, as taming-transformers' do: those whose side is
/// listed when the first level's is the configuration's resolution, whatever the pictures at hand.
/// </summary>
/// <param name="Resolution">The side of the first level.</param>
/// <param name="Levels">How many levels.</param>
/// <param name="Listed">The sides listed.</param>
internal sealed record AttentionResolutions(int Resolution, int Levels, IReadOnlyList<int> Listed)
{
    /// <summary>Whether a level of the encoder has attentions: sides are halved from the first level on, rounded down.</summary>
    public bool InEncoder(int level) => Listed.Contains(Resolution >> level);

    /// <summary>Whether a level of the decoder has attentions: sides are doubled from the last level on, so odd ones differ.</summary>
    public bool InDecoder(int level) => Listed.Contains(Resolution >> (Levels - 1) << (Levels - 1 - level));
}
