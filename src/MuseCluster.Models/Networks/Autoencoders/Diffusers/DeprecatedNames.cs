using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.Diffusers;

/// <summary>
/// The names that diffusers gave the parts of an attention before 0.18, which many published files still have. The reference
/// renames them when it loads a file (<c>_convert_deprecated_attention_blocks</c>).
/// </summary>
internal static class DeprecatedNames
{
    private static readonly (string Now, string Before)[] Names = [(".to_q.", ".query."), (".to_k.", ".key."), (".to_v.", ".value."), (".to_out.0.", ".proj_attn.")];

    /// <summary>The name under which a file holds a tensor: the deprecated one if it has that one only.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="name">The tensor's name of today.</param>
    public static IReadOnlyList<string> Stored(Checkpoint checkpoint, string name)
    {
        if (checkpoint.TryGet(name, out _)) return [name];
        string before = name;
        foreach (var (now, deprecated) in Names) before = before.Replace(now, deprecated, StringComparison.Ordinal);
        return [checkpoint.TryGet(before, out _) ? before : name];
    }
}
