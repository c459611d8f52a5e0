using System.Text;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace MuseCluster.Silo.Api.Files;

/// <summary>Takes a file in: its bytes go straight to the artifact store.</summary>
internal static class FileUpload
{
    /// <summary>Most bytes of a file.</summary>
    public const long Largest = 200_000_000;

    /// <summary>The media type of files.</summary>
    public const string ContentType = "application/jsonl";

    private const int LongestName = 255;

    // Boundaries, and the other fields.
    private const int Around = 1 << 20;

    /// <summary>Where a file's bytes are.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="id">The file.</param>
    public static ArtifactName Artifact(string tenant, Guid id) => ArtifactName.Of(tenant, "files", $"{id:N}.jsonl");

    /// <summary>Reads a multipart body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="gateway">Has ledger and artifacts.</param>
    /// <returns>The file; it is in the ledger.</returns>
    /// <exception cref="ApiException">The body is wrong.</exception>
    public static async Task<FileRecord> ReadAsync(HttpContext http, Gateway gateway)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = Largest + Around;
        var (id, tenant) = (Guid.CreateVersion7(), http.Tenant().Name);
        var artifact = Artifact(tenant, id);
        var read = false;
        try
        {
            var (name, purpose, bytes) = await ReadAsync(http, gateway.Artifacts, artifact).ConfigureAwait(false);
            if (purpose is null)
                throw ApiException.Invalid("purpose", "is missing", "missing_required_parameter");
            if (purpose != FileEndpoints.Input)
                throw ApiException.Invalid("purpose", $"is '{(purpose.Length > 80 ? purpose[..80] + "..." : purpose)}', expected {FileEndpoints.Input}");
            if (name is null)
                throw ApiException.Invalid("file", "is missing", "missing_required_parameter");
            var file = new FileRecord(id, tenant, name, purpose, bytes, gateway.Time.GetUtcNow(), artifact.Path);
            // From here on it may be in the ledger, whatever is heard of that.
            read = true;
            await gateway.Ledger.AddFileAsync(file, http.RequestAborted).ConfigureAwait(false);
            return file;
        }
        finally
        {
            if (!read)
                await gateway.Artifacts.DeleteAsync(artifact, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<(string? Name, string? Purpose, long Bytes)> ReadAsync(HttpContext http, IArtifactStore artifacts, ArtifactName artifact)
    {
        var boundary = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var media) && media.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) ? HeaderUtilities.RemoveQuotes(media.Boundary).ToString() : "";
        if (boundary.Length is 0 or > 200)
            throw ErrorAnswers.ContentType(http.Request);
        var (name, purpose, bytes) = (default(string), default(string), 0L);
        var parts = new MultipartReader(boundary, http.Request.Body);
        while (await NextAsync(parts, http.RequestAborted).ConfigureAwait(false) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || disposition.Name.Length == 0)
                throw ApiException.Invalid("body", "has a part without a name, expected the parts file and purpose");
            switch (HeaderUtilities.RemoveQuotes(disposition.Name).ToString())
            {
                case "file" when name is null:
                    name = NameOf(disposition);
                    var upload = new UploadStream(part.Body, Largest);
                    await artifacts.WriteAsync(artifact, upload, ContentType, http.RequestAborted).ConfigureAwait(false);
                    bytes = upload.Count;
                    break;
                case "purpose" when purpose is null:
                    purpose = await TextAsync(part.Body, http.RequestAborted).ConfigureAwait(false);
                    break;
                case var other:
                    throw ApiException.Invalid(other.Length > 60 ? other[..60] + "..." : other, "is not known here, or came twice; expected file and purpose, once each", "unknown_parameter");
            }
        }
        return (name, purpose, bytes);
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader parts, CancellationToken cancellation)
    {
        try
        {
            return await parts.ReadNextSectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is (IOException and not BadHttpRequestException) or InvalidDataException)
        {
            throw ApiException.Invalid("body", "is no multipart body: it ends before its boundary does, or its headers are too long");
        }
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancellation)
    {
        using var reader = new StreamReader(new UploadStream(body, Around));
        return await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
    }

    private static string NameOf(ContentDispositionHeaderValue disposition)
    {
        var given = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.Length > 0 ? disposition.FileNameStar : disposition.FileName).ToString();
        // Some clients tell the path.
        var name = given[(given.LastIndexOfAny(['/', '\\']) + 1)..];
        if (name.Length > LongestName || name.EnumerateRunes().Any(r => Rune.IsControl(r) || r == Rune.ReplacementChar))
            throw ApiException.Invalid("file", $"has a name of more than {LongestName} characters, or with control characters, expected a file's name");
        return name.Length == 0 ? "file.jsonl" : name;
    }
}
