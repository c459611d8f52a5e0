using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Images;

/// <summary>Pictures, as OpenAI answers them.</summary>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Data">The pictures.</param>
/// <param name="Size">Their size.</param>
/// <param name="OutputFormat">png.</param>
/// <param name="Job">The job that made them.</param>
public sealed record ImagesAnswer(long Created, IReadOnlyList<ImageData> Data, string Size, string OutputFormat, string Job);

/// <summary>A picture.</summary>
/// <param name="B64Json">The PNG in base64, where that was asked for.</param>
/// <param name="Url">Where it is, where that was asked for.</param>
/// <param name="Seed">Its seed.</param>
public sealed record ImageData(
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? B64Json,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Url,
    ulong Seed);

/// <summary>Reads the pictures of items that are done.</summary>
/// <param name="artifacts">The artifact store.</param>
internal sealed class Pictures(IArtifactStore artifacts)
{
    /// <summary>An item's picture as an answer has it.</summary>
    /// <param name="item">The item, done.</param>
    /// <param name="url">Makes a URL of its path; null where it is told in base64.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<ImageData> TellAsync(ItemStatus item, Func<string, string>? url, CancellationToken cancellation)
    {
        var path = await PathAsync(item, cancellation).ConfigureAwait(false);
        var seed = item.Item.Request.Seed;
        return url is not null ? new ImageData(null, url(path), seed) : new ImageData(Convert.ToBase64String(await ReadAsync(ArtifactName.Parse(path), cancellation).ConfigureAwait(false)), null, seed);
    }

    /// <summary>The path of an item's picture.</summary>
    /// <param name="item">The item, done.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<string> PathAsync(ItemStatus item, CancellationToken cancellation) =>
        PictureManifest.Parse(await ReadAsync(ArtifactName.Parse(item.Result!), cancellation).ConfigureAwait(false)).Picture.Artifact;

    private async Task<byte[]> ReadAsync(ArtifactName name, CancellationToken cancellation)
    {
        await using var artifact = await artifacts.OpenAsync(name, cancellation).ConfigureAwait(false)
            ?? throw ApiException.NotFound($"artifact {name}: its time is over, or its job was deleted", "job");
        return await artifact.ReadAllAsync(cancellation).ConfigureAwait(false);
    }
}
