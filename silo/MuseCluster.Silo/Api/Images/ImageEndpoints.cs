using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Jobs;
using MuseCluster.Silo.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseCluster.Silo.Api.Images;

/// <summary>OpenAI's image generation.</summary>
internal static class ImageEndpoints
{
    // Where events are lost, the ledger is asked.
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(1);

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What they work with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway)
    {
        routes.MapPost("/images/generations", Handler.Of(http => GenerateAsync(http, gateway())))
            .WithSummary("Pictures of a prompt").WithTags("images").Accepts<ImageBody>("application/json").Produces<ImagesAnswer>();
        routes.MapPost("/images/edits", IResult () => throw NotYet("editing")).WithSummary("Not implemented").WithTags("images").Produces<ErrorAnswer>(StatusCodes.Status501NotImplemented);
        routes.MapPost("/images/variations", IResult () => throw NotYet("variations")).WithSummary("Not implemented").WithTags("images").Produces<ErrorAnswer>(StatusCodes.Status501NotImplemented);
    }

    private static ApiException NotYet(string what) => new(StatusCodes.Status501NotImplemented, "not_implemented_error", "not_implemented", $"{what} of images is not implemented; expected /v1/images/generations");

    private static async Task<IResult> GenerateAsync(HttpContext http, Gateway gateway)
    {
        using var body = await JsonBody.ReadAsync(http).ConfigureAwait(false);
        var tenant = http.Tenant().Name;
        var key = IdempotencyKey.Id(http, tenant);
        var id = key ?? Guid.CreateVersion7();
        var request = ImageRequest.Read(new JsonFields(body.RootElement), gateway, IdempotencyKey.Seed(key ?? Guid.NewGuid()));
        var following = gateway.Events.Follow(id);
        http.Response.RegisterForDispose(following);
        await IdempotencyKey.SubmitAsync(gateway.Ledger, request.Job(id, tenant), http.RequestAborted).ConfigureAwait(false);
        var made = MakeAsync(http, gateway, request, id, following, key is null, http.RequestAborted);
        if (request.Stream)
            return TypedResults.ServerSentEvents(made);
        await foreach (var _ in made.ConfigureAwait(false))
        {
            // Only a stream shows what happens meanwhile.
        }
        var data = new List<ImageData>();
        foreach (var item in await gateway.Ledger.GetItemsAsync(id, 0, request.Requests.Count, http.RequestAborted).ConfigureAwait(false))
            data.Add(await gateway.Pictures.TellAsync(item, request.AsUrl ? path => gateway.Urls.Url(http, path) : null, http.RequestAborted).ConfigureAwait(false));
        return Results.Json(new ImagesAnswer(gateway.Time.GetUtcNow().ToUnixTimeSeconds(), data, request.Size, "png", id.ToString("N")), ApiJson.Options);
    }

    // The stream of events; where nobody reads them, it throws what failed.
    private static async IAsyncEnumerable<SseItem<JsonObject>> MakeAsync(
        HttpContext http, Gateway gateway, ImageRequest request, Guid id, ItemEvents.Following following, bool abandon, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var told = new HashSet<int>();
        var partials = new int[request.Requests.Count];
        try
        {
            while (told.Count < request.Requests.Count)
            {
                await following.WaitAsync(Ask, gateway.Time, cancellation).ConfigureAwait(false);
                var (ended, heard) = (false, false);
                while (following.Reader.TryRead(out var e))
                {
                    heard = true;
                    ended |= e.State != ItemState.Running;
                    var index = e.Item.Index;
                    if (!request.Stream || e.State != ItemState.Running || told.Contains(index) || partials[index] >= request.Partials || !Due(e.Stage, e.Step, e.Steps, partials[index], request)
                        || await gateway.Previews.DrawAsync(request.Model.Manifest.Name, e.Grid, request.Requests[index], cancellation).ConfigureAwait(false) is not { } preview)
                        continue;
                    yield return Event(gateway, request, "image_generation.partial_image", index, preview, e => e["partial_image_index"] = partials[index]++);
                }
                if (heard && !ended)
                    continue;
                foreach (var item in await gateway.Ledger.GetItemsAsync(id, 0, request.Requests.Count, cancellation).ConfigureAwait(false))
                {
                    var index = item.Item.Id.Index;
                    if (item.State is ItemState.Queued or ItemState.Running or ItemState.Paused || told.Contains(index))
                        continue;
                    told.Add(index);
                    if (await EndAsync(gateway, request, item, cancellation).ConfigureAwait(false) is { } end)
                        yield return end;
                }
            }
        }
        finally
        {
            // Nobody waits for it any more; with an idempotency key somebody may come again.
            if (abandon && told.Count < request.Requests.Count)
                await CancelAsync(gateway, id).ConfigureAwait(false);
        }
    }

    // What a picture's end is in the stream; where there is none, a failure is thrown.
    private static async Task<SseItem<JsonObject>?> EndAsync(Gateway gateway, ImageRequest request, ItemStatus item, CancellationToken cancellation)
    {
        var index = item.Item.Id.Index;
        if (item.State == ItemState.Done)
            return request.Stream ? Event(gateway, request, "image_generation.completed", index, (await gateway.Pictures.TellAsync(item, null, cancellation).ConfigureAwait(false)).B64Json!) : null;
        var error = new ApiException(StatusCodes.Status500InternalServerError, "server_error", "generation_failed", $"picture {index} was not made: {item.Reason ?? "it was cancelled"}");
        return request.Stream
            ? new SseItem<JsonObject>(new JsonObject { ["type"] = "error", ["index"] = index, ["error"] = JsonSerializer.SerializeToNode(error.Answer.Error, ApiJson.Options) }, "error")
            : throw error;
    }

    private static async Task CancelAsync(Gateway gateway, Guid id)
    {
        try
        {
            await gateway.Ledger.CancelAsync(id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LedgerException)
        {
            // It is made, and nobody looks at it.
        }
    }

    // Previews are spread over the decoding of both grids.
    private static bool Due(Stage? stage, int step, int steps, int shown, ImageRequest request)
    {
        var done = (stage, request.Model.SuperresShape) switch
        {
            (Stage.Base, null) => (double)step / steps,
            (Stage.Base, _) => 0.5 * step / steps,
            (Stage.Superres, _) => 0.5 + (0.5 * step / steps),
            _ => 0,
        };
        return done >= (shown + 1.0) / (request.Partials + 1);
    }

    private static SseItem<JsonObject> Event(Gateway gateway, ImageRequest request, string type, int index, string picture, Action<JsonObject>? also = null)
    {
        var data = new JsonObject
        {
            ["type"] = type,
            ["b64_json"] = picture,
            ["index"] = index,
            ["size"] = request.Size,
            ["output_format"] = "png",
            ["created_at"] = gateway.Time.GetUtcNow().ToUnixTimeSeconds(),
        };
        also?.Invoke(data);
        return new SseItem<JsonObject>(data, type);
    }
}
