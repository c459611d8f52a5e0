using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Which network serves a stage of a model, and from which files.</summary>
public sealed record StageManifest
{
    /// <summary>Type id of the network: lower-case letters, digits, '-', '_'.</summary>
    public required string Network { get; init; }

    /// <summary>
    /// The files that together hold the network's tensors, at least one: <c>.safetensors</c>, a pickle of PyTorch
    /// (<c>.bin</c>, <c>.pt</c>, <c>.pth</c>, <c>.ckpt</c>), or <c>.index.json</c> of shards.
    /// Relative to the model's folder, with <c>/</c> between folders.
    /// </summary>
    public required IReadOnlyList<string> Weights { get; init; }

    /// <summary>The network's own settings, a JSON object that the network parses; may be empty.</summary>
    public required JsonElement Config { get; init; }

    /// <summary>The tokenizer: required on the text stage, refused on others.</summary>
    public TokenizerManifest? Tokenizer { get; init; }
}
