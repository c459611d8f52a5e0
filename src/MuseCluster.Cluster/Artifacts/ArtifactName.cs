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

    private ArtifactName(string path) => Path = path;

    /// <summary>The whole path, '/' between its parts.</summary>
    public string Path { get; }

    /// <summary>Whose it is: the path's first part.</summary>
    public string Tenant => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>A name of parts.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="parts">Each of letters, digits, '-', '_' and '.', not starting with '.'.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">A part is wrong; the message says which.</exception>
    public static ArtifactName Of(string tenant, params ReadOnlySpan<string> parts) => Parse($"{tenant}/{string.Join('/', parts)}");

    /// <summary>Reads a path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static ArtifactName Parse(string path)
    {
        var parts = path.Split('/');
        if (path.Length > MaxLength)
            throw new FormatException($"an artifact's name has {path.Length} characters, expected at most {MaxLength}");
        if (parts.Length < 2 || !NameRule.Holds(parts[0]))
            throw new FormatException($"'{path}' is no artifact's name: expected a tenant ({NameRule.Expected}), '/' and a name");
        foreach (var part in parts.AsSpan(1))
            if (part.Length == 0 || part[0] == '.' || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                throw new FormatException($"'{path}' is no artifact's name: expected letters, digits, '-', '_' and '.' between '/', found '{part}'");
        return new ArtifactName(path);
    }

    /// <summary>The picture of an item.</summary>
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

    private static ArtifactName OfItem(string tenant, ItemId item, string extension) =>
        Of(tenant, item.Job.ToString("N"), string.Create(CultureInfo.InvariantCulture, $"{item.Index:D6}.{extension}"));
}
