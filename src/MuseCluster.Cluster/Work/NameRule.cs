namespace MuseCluster.Cluster.Work;

/// <summary>How tenants, models and silos may be called: safe in a path, a URL, a queue name and a metric.</summary>
public static class NameRule
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 63;

    /// <summary>The rule in words.</summary>
    public const string Expected = "1 to 63 lower-case letters, digits and '-', starting with a letter or digit";

    /// <summary>Whether a name keeps the rule.</summary>
    /// <param name="name">The name.</param>
    public static bool Holds(string name) =>
        name.Length is > 0 and <= MaxLength && name[0] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
