namespace MuseCluster.Models.Checkpoints;

/// <summary>The tokenizer of a text stage.</summary>
public sealed record TokenizerManifest
{
    /// <summary>Type id of the tokenizer: lower-case letters, digits, '-', '_'.</summary>
    public required string Kind { get; init; }

    /// <summary>Its files, at least one, in the order that the kind asks for. Relative to the model's folder.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
