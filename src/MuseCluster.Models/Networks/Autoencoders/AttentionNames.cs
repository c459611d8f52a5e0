namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>What a reference's files call the parts of a <see cref="SpatialAttention"/>.</summary>
/// <param name="Norm">The normalisation.</param>
/// <param name="Query">The projection to queries.</param>
/// <param name="Key">The projection to keys.</param>
/// <param name="Value">The projection to values.</param>
/// <param name="Output">The projection of the result; may be dotted.</param>
/// <param name="Convolutions">Whether weights are stored as 1x1 convolutions, [C, C, 1, 1], and not as matrices, [C, C].</param>
internal sealed record AttentionNames(string Norm, string Query, string Key, string Value, string Output, bool Convolutions);
