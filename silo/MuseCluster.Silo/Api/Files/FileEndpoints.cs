using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseCluster.Silo.Api.Files;

/// <summary>Files: what batches read, and what comes of them.</summary>
internal static class FileEndpoints
{
    /// <summary>The purpose of a batch's input.</summary>
    public const string Input = "batch";

    /// <summary>The purpose of what came of a batch.</summary>
    public const string Output = "batch_output";

    private const int LargestPage = 10_000;

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What they work with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway)
    {
        var files = routes.MapGroup("/files").WithTags("files");
        files.MapPost("", Handler.Of(async http => Results.Json(FileAnswer.Of(await FileUpload.ReadAsync(http, gateway()).ConfigureAwait(false)), ApiJson.Options)))
            .WithSummary("Upload a batch's input").Accepts<FileBody>("multipart/form-data").Produces<FileAnswer>();
        files.MapGet("", Handler.Of(http => ListAsync(http, gateway()))).WithSummary("Files, the newest first; purpose, limit, after").Produces<ListAnswer<FileAnswer>>();
        files.MapGet("/{id}", async (HttpContext http, string id) => Results.Json(FileAnswer.Of(await FindAsync(http, gateway(), id, "id").ConfigureAwait(false)), ApiJson.Options))
            .WithSummary("A file").Produces<FileAnswer>();
        files.MapGet("/{id}/content", (HttpContext http, string id) => ReadAsync(http, gateway(), id)).WithSummary("A file's bytes").Produces<string>(StatusCodes.Status200OK, FileUpload.ContentType);
        files.MapDelete("/{id}", (HttpContext http, string id) => DeleteAsync(http, gateway(), id)).WithSummary("Delete a file").Produces<FileDeleted>();
    }

    /// <summary>A tenant's own file.</summary>
    /// <param name="http">The request.</param>
    /// <param name="gateway">Has the ledger.</param>
    /// <param name="id">The file's id as it was named.</param>
    /// <param name="param">What named it.</param>
    /// <exception cref="ApiException">There is none, or it is another's.</exception>
    public static async Task<FileRecord> FindAsync(HttpContext http, Gateway gateway, string id, string param) =>
        FileId.TryParse(id, out var guid) && await gateway.Ledger.GetFileAsync(guid, http.RequestAborted).ConfigureAwait(false) is { } file && file.Tenant == http.Tenant().Name
            ? file
            : throw ApiException.NotFound($"file '{(id.Length > 50 ? id[..50] + "..." : id)}'", param);

    private static async Task<IResult> ListAsync(HttpContext http, Gateway gateway)
    {
        var limit = Page.Limit(http, LargestPage, LargestPage);
        var purpose = http.Request.Query["purpose"] is { Count: > 0 } text ? text.ToString() : null;
        if (purpose is not (null or Input or Output))
            throw ApiException.Invalid("purpose", $"is wrong, expected {Input} or {Output}");
        Guid? after = http.Request.Query["after"] is { Count: > 0 } last ? (await FindAsync(http, gateway, last.ToString(), "after").ConfigureAwait(false)).Id : null;
        var files = await gateway.Ledger.GetFilesAsync(http.Tenant().Name, purpose, limit + 1, after, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(new ListAnswer<FileAnswer>([.. files.Take(limit).Select(FileAnswer.Of)], files.Count > limit), ApiJson.Options);
    }

    private static async Task<IResult> ReadAsync(HttpContext http, Gateway gateway, string id)
    {
        var file = await FindAsync(http, gateway, id, "id").ConfigureAwait(false);
        var artifact = await gateway.Artifacts.OpenAsync(ArtifactName.Parse(file.Artifact), http.RequestAborted).ConfigureAwait(false)
            ?? throw ApiException.NotFound($"content of file '{id}': its artifact was deleted", "id");
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.RegisterForDisposeAsync(artifact);
        http.Response.ContentLength = artifact.Length;
        return Results.Stream(artifact.Content, FileUpload.ContentType, file.Name);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Gateway gateway, string id)
    {
        var file = await FindAsync(http, gateway, id, "id").ConfigureAwait(false);
        var deletion = await gateway.Ledger.DeleteFileAsync(file.Id, http.RequestAborted).ConfigureAwait(false);
        if (deletion == FileDeletion.InUse)
            throw ApiException.WrongState($"file '{id}' is read by a batch that has not ended; expected one that no batch reads; cancel the batch, or wait for its end");
        await gateway.Artifacts.DeleteAsync(ArtifactName.Parse(file.Artifact), http.RequestAborted).ConfigureAwait(false);
        return Results.Json(new FileDeleted(id), ApiJson.Options);
    }
}
