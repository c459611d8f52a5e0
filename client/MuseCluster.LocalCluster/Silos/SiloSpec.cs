using System.Globalization;

namespace MuseCluster.LocalCluster.Silos;

/// <summary>A silo that a local cluster has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Roles">Its roles, separated by commas.</param>
public sealed record SiloSpec(string Name, string Roles)
{
    /// <summary>What a list of silos looks like.</summary>
    public const string Expected = "roles and how many silos have them, such as text=1,base=2,superres=1,pixels=1; '+' joins roles of one silo";

    private const string Gateway = "gateway";
    private static readonly string[] Stages = ["text", "base", "superres", "pixels"];

    /// <summary>Reads a list: <c>text=1,base=2,superres+pixels=1</c>. Where no silo is a gateway, the first becomes one.</summary>
    /// <param name="text">The list.</param>
    /// <returns>The silos, or null where the text is no list, or a stage is nobody's.</returns>
    public static IReadOnlyList<SiloSpec>? ParseAll(string text)
    {
        var silos = new List<SiloSpec>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is not [var roles, var number] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 64)
                return null;
            var names = roles.Split('+', StringSplitOptions.TrimEntries);
            if (names.Any(n => n != Gateway && !Stages.Contains(n)))
                return null;
            var first = silos.Count(s => s.Name.StartsWith(string.Join('-', names) + "-", StringComparison.Ordinal)) + 1;
            silos.AddRange(Enumerable.Range(first, count).Select(i => new SiloSpec(string.Create(CultureInfo.InvariantCulture, $"{string.Join('-', names)}-{i}"), string.Join(',', names))));
        }
        if (!Stages.All(stage => silos.Exists(s => s.Has(stage))))
            return null;
        if (!silos.Exists(s => s.Has(Gateway)))
            silos[0] = silos[0] with { Roles = $"{silos[0].Roles},{Gateway}" };
        return silos;
    }

    private bool Has(string role) => Roles.Split(',').Contains(role);
}
