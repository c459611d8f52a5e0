using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Networks;

namespace MuseCluster.Generation.Pipelines;

/// <summary>A picture between two decoding steps: all that another decoder needs, on any machine, to come to the same tokens.</summary>
/// <param name="Grid">Codes in row-major order; the network's mask token where unknown.</param>
/// <param name="Step">Steps made.</param>
public sealed record PartialPicture(ushort[] Grid, int Step)
{
    /// <summary>A picture as it stands.</summary>
    /// <param name="picture">The picture.</param>
    public static PartialPicture Of(MaskedPicture picture) => new(picture.Grid.ToArray(), picture.Step);

    /// <summary>Makes sure that a network can go on from here.</summary>
    /// <param name="network">The network's shape, at the picture's grid.</param>
    /// <param name="options">How the picture is decoded.</param>
    /// <exception cref="ArgumentException">It cannot; the message says why.</exception>
    internal void Check(MaskedTransformerShape network, DecodingOptions options)
    {
        if (Grid.Length != network.Tokens)
            throw new ArgumentException($"The partial picture has {Grid.Length} tokens, expected {network.Tokens}.");
        if (Array.Find(Grid, code => code >= network.CodebookSize && code != network.MaskId) is var wrong and not 0)
            throw new ArgumentException($"The partial picture has the token {wrong}, expected one below {network.CodebookSize} or the mask {network.MaskId}.");
        if (Step < 0 || Step > options.Steps)
            throw new ArgumentException($"The partial picture has made {Step} steps, expected 0 to {options.Steps}.");
    }
}
