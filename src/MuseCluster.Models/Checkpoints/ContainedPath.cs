namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// The rule for file names that stand in a model's own files: they stay in the model's folder, on every system. Links in
/// the folder are followed; the operator put them there (download caches are made of them).
/// </summary>
internal static class ContainedPath
{
    private const int MaxLength = 1024;

    /// <summary>Why a name may not name a file in the same folder, or null where it may.</summary>
    public static string? ProblemOfName(string name) =>
        name.Contains('/') ? "must be a file name without folders" : ProblemOfPath(name);

    /// <summary>
    /// Why a path, with <c>/</c> between folders, may not name a file below the model's folder, or null where it may.
    /// </summary>
    public static string? ProblemOfPath(string path)
    {
        if (path.Length == 0) return "is empty";
        if (path.Length > MaxLength) return $"is longer than {MaxLength} characters";
        if (path.Any(char.IsControl)) return "holds control characters";
        if (path.Contains('\\') || path.Contains(':')) return "must not hold '\\' or ':'";
        if (path[0] == '/') return "must not be absolute";
        foreach (string segment in path.Split('/'))
        {
            if (segment is "" or "." or "..") return "must not leave its folder or hold empty steps ('..', '.', '//')";
        }

        return null;
    }
}
