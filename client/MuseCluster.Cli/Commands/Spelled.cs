namespace MuseCluster.Cli.Commands;

/// <summary>Words for messages.</summary>
internal static class Spelled
{
    /// <summary>Joins words as a sentence does: "a, b or c".</summary>
    /// <param name="words">The words.</param>
    /// <param name="last">What stands before the last one.</param>
    public static string List(IReadOnlyList<string> words, string last) =>
        words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} {last} {words[^1]}";

    /// <summary>The known word that a mistyped one most likely means, or null where none is near.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">The words there are.</param>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var best = known
            .Select(k => (Word: k, Distance: k.StartsWith(word, StringComparison.OrdinalIgnoreCase) && word.TrimStart('-').Length > 1 ? 1 : Distance(word, k)))
            .OrderBy(c => c.Distance).ThenBy(c => c.Word, StringComparer.Ordinal).FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, word.TrimStart('-').Length / 3) ? best.Word : null;
    }

    // Optimal string alignment: insertions, deletions, substitutions and exchanges of neighbours each cost one.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 8 || a.Length > 64)
            return int.MaxValue;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
