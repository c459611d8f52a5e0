namespace MuseCluster.Models.Networks;

/// <summary>A network's configuration cannot be built. The message names every field that is wrong.</summary>
/// <param name="network">The network.</param>
/// <param name="problems">One sentence per field.</param>
public sealed class ConfigException(string network, IReadOnlyList<string> problems)
    : FormatException($"{network}: {string.Join("; ", problems)}")
{
    /// <summary>One sentence per field.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    internal static void ThrowIfAny(string network, IEnumerable<(bool Wrong, string Problem)> checks)
    {
        var problems = checks.Where(c => c.Wrong).Select(c => c.Problem).ToList();
        if (problems.Count > 0)
            throw new ConfigException(network, problems);
    }
}
