using System.Globalization;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Where an artifact lies: the tenant, then what it belongs to, as in <c>tenant/job/000012.png</c>. Only the tenant's own
/// name leads to its artifacts.
/// </summary>
public readonly record struct ArtifactName
{
    /// <summary>The longest path, in characters.</summary>
    public const int MaxLength = 512;

    /// <summary>The longest of a path's parts, in characters: what a file system takes.</summary>
    public const int MaxPartLength = 255;

    private ArtifactName(string path) => Path = path;

    /// <summary>The whole path, '/' between its parts.</summary>
    public string Path { get; }

    /// <summary>Whose it is: the path's first part.</summary>
    public string Tenant => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>A name of parts.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="parts">Each of letters, digits, '-', '_' and '.', neither starting nor ending with '.'.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">A part is wrong; the message says which.</exception>
    public static ArtifactName Of(string tenant, params ReadOnlySpan<string> parts) => Parse($"{tenant}/{string.Join('/', parts)}");

    /// <summary>Reads a path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static ArtifactName Parse(string path) => Problem(path) is { } problem ? throw new FormatException(problem) : new ArtifactName(path);

    /// <summary>Reads a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="name">The name.</param>
    /// <returns>False where it is none.</returns>
    public static bool TryParse(string path, out ArtifactName name)
    {
        var good = Problem(path) is null;
        name = good ? new ArtifactName(path) : default;
        return good;
    }

    /// <summary>The picture of an item; where attempts made different ones, its manifest names the one that counts.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="item">The item.</param>
    public static ArtifactName Picture(string tenant, ItemId item) => OfItem(tenant, item, "png");

    /// <summary>The manifest of an item's picture.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="item">The item.</param>
    public static ArtifactName Manifest(string tenant, ItemId item) => OfItem(tenant, item, "json");

    /// <summary>A text's embedding, by what it says and who encoded it.</summary>
    /// <param name="tenant">Whose prompt it is.</param>
    /// <param name="sha256">SHA-256 of weights and text, in hexadecimal digits.</param>
    public static ArtifactName Embedding(string tenant, string sha256) => Of(tenant, "embeddings", sha256);

    /// <inheritdoc/>
    public override string ToString() => Path;

    /// <summary>What every name of a tenant starts with, and no other's.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <exception cref="FormatException">It is no tenant's name.</exception>
    internal static string PrefixOf(string tenant) => NameRule.Holds(tenant)
        ? $"{tenant}/"
        : throw new FormatException($"'{tenant}' is no tenant's name: expected {NameRule.Expected}");

    private static ArtifactName OfItem(string tenant, ItemId item, string extension) =>
        Of(tenant, item.Job.ToString("N"), string.Create(CultureInfo.InvariantCulture, $"{item.Index:D6}.{extension}"));

    private static string? Problem(string path)
    {
        if (path.Length > MaxLength)
            return $"an artifact's name has {path.Length} characters, expected at most {MaxLength}";
        var parts = path.Split('/');
        if (parts.Length < 2 || !NameRule.Holds(parts[0]))
            return $"'{path}' is no artifact's name: expected a tenant ({NameRule.Expected}), '/' and a name";
        foreach (var part in parts.AsSpan(1))
            if (part.Length is 0 or > MaxPartLength || part[0] == '.' || part[^1] == '.' || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                return $"'{path}' is no artifact's name: expected 1 to {MaxPartLength} letters, digits, '-', '_' and '.' between '/', not '.' first or last, found '{part}'";
        return null;
    }
}
