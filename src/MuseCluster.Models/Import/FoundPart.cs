using System.Text.Json;

namespace MuseCluster.Models.Import;

/// <summary>A part of a model where it lies.</summary>
/// <param name="Known">What it is.</param>
/// <param name="Folder">Its folder, as the user named it or below that.</param>
/// <param name="Files">For a tokenizer its files, in the order of a manifest; for a network its weights, one file or an index. Full paths.</param>
/// <param name="Config">Its configuration; none for tokenizers.</param>
internal sealed record FoundPart(KnownPart Known, string Folder, IReadOnlyList<string> Files, JsonElement Config = default)
{
    /// <summary>Tokens of a grid, where the configuration of a transformer says it as muse-maskgit-pytorch does; 0 elsewhere.</summary>
    public int SequenceLength => Config.ValueKind == JsonValueKind.Object && Config.TryGetProperty("seq_len", out var length) && length.TryGetInt32(out int tokens) ? tokens : 0;

    /// <summary>Whether it is a transformer that takes classes for prompts, as open-muse's configuration says it: it goes without a text encoder.</summary>
    public bool TakesClasses => Known.Role == PartRole.Transformer && Config.TryGetProperty("num_classes", out var classes) && classes.ValueKind == JsonValueKind.Number;

    /// <summary>Such as <c>VQModel in weights/vqvae</c>.</summary>
    public override string ToString() => $"{Known.Class} in {Folder}";
}
