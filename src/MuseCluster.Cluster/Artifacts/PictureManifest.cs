using System.Text.Json;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>The result of an item: its picture's file, and all that went into it. Written as JSON, in this order.</summary>
/// <param name="FormatVersion">The format's version, <see cref="CurrentVersion"/>.</param>
/// <param name="Item">The item.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Weights">SHA-256 of the model's weights; see <see cref="PictureParameters.Weights"/>.</param>
/// <param name="Request">What was asked for, steps included.</param>
/// <param name="Attempt">Which attempt made it.</param>
/// <param name="Timings">What each stage took, in order.</param>
/// <param name="Picture">The picture's file.</param>
/// <param name="BaseGrid">The base model's tokens.</param>
/// <param name="SuperresGrid">The super-resolution model's tokens; null for a model without.</param>
/// <param name="Created">When the manifest was written.</param>
/// <param name="Software">The version of MuseCluster that wrote it.</param>
public sealed record PictureManifest(
    int FormatVersion,
    ItemId Item,
    string Tenant,
    string Model,
    string Weights,
    GenerationRequest Request,
    int Attempt,
    IReadOnlyList<StageTiming> Timings,
    PictureFile Picture,
    TokenGrid BaseGrid,
    TokenGrid? SuperresGrid,
    DateTimeOffset Created,
    string Software)
{
    /// <summary>The format version this build reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>A manifest's media type.</summary>
    public const string ContentType = "application/json";

    /// <summary>The manifest as JSON. Equal manifests give equal bytes.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Options), (byte)'\n'];

    /// <summary>Reads what <see cref="ToJson"/> writes. Fields that it does not know are left out.</summary>
    /// <param name="json">The JSON.</param>
    /// <returns>The manifest; every field is there and makes sense by itself.</returns>
    /// <exception cref="FormatException">It is none; the message names the fields.</exception>
    public static PictureManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            // By itself, and first: what looks wrong in another version's manifest may be right there.
            var version = JsonSerializer.Deserialize<Versioned>(json, ManifestJson.Options)?.FormatVersion;
            if (version != CurrentVersion)
                throw Wrong("formatVersion", version is null ? "is missing" : $"is {version}; this build reads {CurrentVersion}");
            var manifest = JsonSerializer.Deserialize<PictureManifest>(json, ManifestJson.Options)!;
            var problems = manifest.Problems().Select(p => $"{p.Field} {p.Problem}").ToList();
            return problems.Count == 0 ? manifest : throw new FormatException($"a picture's manifest: {string.Join("; ", problems)}");
        }
        catch (JsonException e)
        {
            // After " Path:" the message repeats where.
            throw Wrong(ManifestJson.Field(e), e.Message.Split(" Path:")[0].TrimEnd('.'), e);
        }
    }

    private static FormatException Wrong(string field, string problem, Exception? inner = null) => new($"a picture's manifest: {field} {problem}", inner);

    private IEnumerable<(string Field, string Problem)> Problems()
    {
        if (!NameRule.Holds(Tenant))
            yield return ("tenant", $"is '{Tenant}', expected {NameRule.Expected}");
        if (Model.Length == 0)
            yield return ("model", "is empty");
        if (!IsSha256(Weights))
            yield return ("weights", $"is '{Weights}', expected 64 lower-case hexadecimal digits");
        foreach (var (field, problem) in Request.Problems())
            yield return ($"request.{JsonNamingPolicy.CamelCase.ConvertName(field)}", problem);
        if (Attempt < 0)
            yield return ("attempt", $"is {Attempt}, expected at least 0");
        for (var i = 0; i < Timings.Count; i++)
            if (!(Timings[i].Seconds >= 0))
                yield return ($"timings[{i}].seconds", $"is {Timings[i].Seconds}, expected at least 0");
        if (!ArtifactName.TryParse(Picture.Artifact, out var name) || name.Tenant != Tenant)
            yield return ("picture.artifact", $"is '{Picture.Artifact}', expected an artifact's name of the tenant '{Tenant}'");
        if (!IsSha256(Picture.Sha256))
            yield return ("picture.sha256", $"is '{Picture.Sha256}', expected 64 lower-case hexadecimal digits");
        if (Picture.Width < 1 || Picture.Height < 1)
            yield return ("picture", $"is {Picture.Width} x {Picture.Height} pixels, expected at least 1 x 1");
        foreach (var (field, problem) in BaseGrid.Problems())
            yield return ($"baseGrid.{field}", problem);
        foreach (var (field, problem) in SuperresGrid?.Problems() ?? [])
            yield return ($"superresGrid.{field}", problem);
    }

    private static bool IsSha256(string text) => text.Length == 64 && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    private sealed record Versioned(int? FormatVersion);
}

/// <summary>A picture's file, as manifests name it.</summary>
/// <param name="Artifact">Its artifact.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal digits.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PictureFile(string Artifact, string Sha256, int Width, int Height);
