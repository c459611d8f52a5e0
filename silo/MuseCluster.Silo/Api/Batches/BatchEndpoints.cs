using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>OpenAI's batches. What is behind them is done by <see cref="BatchWorker"/>.</summary>
internal static class BatchEndpoints
{
    private const int DefaultPage = 20;
    private const int LargestPage = 100;

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What they work with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway)
    {
        var batches = routes.MapGroup("/batches").WithTags("batches");
        batches.MapPost("", Handler.Of(http => SubmitAsync(http, gateway()))).WithSummary("Submit a batch").Accepts<BatchBody>("application/json").Produces<BatchAnswer>();
        batches.MapGet("", Handler.Of(http => ListAsync(http, gateway()))).WithSummary("Batches, the newest first; limit, after").Produces<ListAnswer<BatchAnswer>>();
        batches.MapGet("/{id}", async (HttpContext http, string id) => await AnswerAsync(http, gateway(), await FindAsync(http, gateway(), id).ConfigureAwait(false)).ConfigureAwait(false))
            .WithSummary("A batch").Produces<BatchAnswer>();
        batches.MapPost("/{id}/cancel", (HttpContext http, string id) => CancelAsync(http, gateway(), id)).WithSummary("Cancel what has not been made").Produces<BatchAnswer>();
    }

    private static async Task<BatchRecord> FindAsync(HttpContext http, Gateway gateway, string id, string param = "id") =>
        BatchIds.TryParse(id, out var guid) && await gateway.Ledger.GetBatchAsync(guid, http.RequestAborted).ConfigureAwait(false) is { } batch && batch.Tenant == http.Tenant().Name
            ? batch
            : throw ApiException.NotFound($"batch '{(id.Length > 50 ? id[..50] + "..." : id)}'", param);

    private static async Task<IResult> SubmitAsync(HttpContext http, Gateway gateway)
    {
        using var body = await JsonBody.ReadAsync(http).ConfigureAwait(false);
        var key = IdempotencyKey.Id(http, http.Tenant().Name);
        var id = key ?? Guid.CreateVersion7();
        // The first one's input may have been deleted since.
        var input = key is null ? null : (await gateway.Ledger.GetBatchAsync(id, http.RequestAborted).ConfigureAwait(false))?.Input;
        var batch = await BatchRequest.ReadAsync(new JsonFields(body.RootElement), http, gateway, id, input).ConfigureAwait(false);
        var addition = await gateway.Ledger.AddBatchAsync(batch, http.RequestAborted).ConfigureAwait(false);
        if (addition == BatchAddition.NoInput)
            throw ApiException.NotFound("such file any more", "input_file_id");
        if (addition == BatchAddition.WasThere)
        {
            var first = (await gateway.Ledger.GetBatchAsync(id, http.RequestAborted).ConfigureAwait(false))!;
            if ((first.Tenant, first.Input, first.Endpoint, first.Window) != (batch.Tenant, batch.Input, batch.Endpoint, batch.Window)
                || first.Metadata.Count != batch.Metadata.Count || first.Metadata.Except(batch.Metadata).Any())
                throw IdempotencyKey.Reused();
            batch = first;
        }
        return await AnswerAsync(http, gateway, batch).ConfigureAwait(false);
    }

    private static async Task<IResult> ListAsync(HttpContext http, Gateway gateway)
    {
        var limit = Page.Limit(http, DefaultPage, LargestPage);
        Guid? after = http.Request.Query["after"] is { Count: > 0 } text ? (await FindAsync(http, gateway, text.ToString(), "after").ConfigureAwait(false)).Id : null;
        var batches = await gateway.Ledger.GetBatchesAsync(http.Tenant().Name, limit + 1, after, http.RequestAborted).ConfigureAwait(false);
        var answers = new List<BatchAnswer>();
        foreach (var batch in batches.Take(limit))
            answers.Add(await TellAsync(http, gateway, batch).ConfigureAwait(false));
        return Results.Json(new ListAnswer<BatchAnswer>(answers, batches.Count > limit), ApiJson.Options);
    }

    private static async Task<IResult> CancelAsync(HttpContext http, Gateway gateway, string id)
    {
        while (true)
        {
            var batch = await FindAsync(http, gateway, id).ConfigureAwait(false);
            if (batch.State == BatchState.Cancelling)
                return await AnswerAsync(http, gateway, batch).ConfigureAwait(false);
            if (batch.State is not (BatchState.Validating or BatchState.InProgress))
                throw ApiException.WrongState($"batch '{id}' is {batch.State.ToString().ToLowerInvariant()}; expected one that is validating or in progress");
            var cancelling = batch with { State = BatchState.Cancelling, Cancelling = gateway.Time.GetUtcNow() };
            // Where it has come on meanwhile, that is looked at.
            if (await gateway.Ledger.ChangeBatchAsync(cancelling, batch.State, null, http.RequestAborted).ConfigureAwait(false))
                return await AnswerAsync(http, gateway, cancelling).ConfigureAwait(false);
        }
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Gateway gateway, BatchRecord batch) =>
        Results.Json(await TellAsync(http, gateway, batch).ConfigureAwait(false), ApiJson.Options);

    private static async Task<BatchAnswer> TellAsync(HttpContext http, Gateway gateway, BatchRecord batch) =>
        BatchAnswer.Of(batch, batch is { Ended: null, Job: { } job } ? await gateway.Ledger.GetJobAsync(job, http.RequestAborted).ConfigureAwait(false) : null);
}
