using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Models;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Files;
using MuseCluster.Silo.Api.Images;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>
/// Writes a batch's files: goes through its input and its job's items side by side. What it writes follows from the ledger
/// alone, so that another try writes the same.
/// </summary>
/// <param name="batch">The batch.</param>
/// <param name="job">Its job, ended; null where it is not there any more.</param>
/// <param name="gateway">What it works with.</param>
internal sealed class BatchResults(BatchRecord batch, JobStatus? job, Gateway gateway)
{
    // Each line may have ten pictures, and each of these be read from afar.
    private const int AtOnce = 16;
    private const int ItemsPerPage = 500;
    private static readonly TimeSpan Valid = TimeSpan.FromDays(7);

    private readonly DateTimeOffset _urlsEnd = (batch.Finalizing ?? batch.Cancelling ?? batch.Expires) + Valid;
    private readonly MuseModel? _model = job is not null && gateway.Models.TryGetValue(job.Model, out var model) ? model : null;
    private readonly Queue<ItemStatus> _items = new();
    private int _next;

    /// <summary>Writes the files.</summary>
    /// <param name="cancellation">Gives up: files that are not whole are not written then.</param>
    /// <returns>The batch with its counts and files, and the files; null where the input is not there any more.</returns>
    /// <exception cref="ArtifactException">The store failed; trying again is safe.</exception>
    public async Task<(BatchRecord Batch, IReadOnlyList<FileRecord> Files)?> WriteAsync(CancellationToken cancellation)
    {
        if (await gateway.Artifacts.OpenAsync(FileUpload.Artifact(batch.Tenant, batch.Input), cancellation).ConfigureAwait(false) is not { } input)
            return null;
        await using var closing = input.ConfigureAwait(false);
        var output = File(BatchIds.Output(batch.Id), "output");
        await using var endingOutput = output.ConfigureAwait(false);
        var errors = File(BatchIds.Error(batch.Id), "error");
        await using var endingErrors = errors.ConfigureAwait(false);
        var told = new List<Task<OutputLine>>(AtOnce);
        await foreach (var (number, text) in BatchInput.LinesAsync(input.Content, cancellation).ConfigureAwait(false))
        {
            var line = BatchLine.Read(number, text);
            told.Add(TellAsync(line, await TakeAsync(line.Pictures, cancellation).ConfigureAwait(false), cancellation));
            if (told.Count == AtOnce)
                await FlushAsync().ConfigureAwait(false);
        }
        await FlushAsync().ConfigureAwait(false);
        var now = gateway.Time.GetUtcNow();
        var (done, failed) = (await output.EndAsync(now, cancellation).ConfigureAwait(false), await errors.EndAsync(now, cancellation).ConfigureAwait(false));
        var ended = batch with { Job = batch.Job ?? job?.Id, Lines = output.Lines + errors.Lines, Completed = output.Lines, Failed = errors.Lines, Output = done?.Id, Error = failed?.Id };
        return (ended, [.. new[] { done, failed }.OfType<FileRecord>()]);

        async Task FlushAsync()
        {
            foreach (var line in await Task.WhenAll(told).ConfigureAwait(false))
                await (line.Response?.StatusCode == StatusCodes.Status200OK ? output : errors).AddAsync(line, cancellation).ConfigureAwait(false);
            told.Clear();
        }
    }

    private LinesFile File(Guid id, string kind) => new(gateway.Artifacts, batch.Tenant, id, $"{BatchIds.Text(batch.Id)}_{kind}.jsonl");

    private async Task<IReadOnlyList<ItemStatus>> TakeAsync(int count, CancellationToken cancellation)
    {
        while (_items.Count < count && job is not null && _next < job.Items)
        {
            var page = await gateway.Ledger.GetItemsAsync(job.Id, _next, ItemsPerPage, cancellation).ConfigureAwait(false);
            if (page.Count == 0)
                break;
            foreach (var item in page)
                _items.Enqueue(item);
            _next += page.Count;
        }
        var taken = new List<ItemStatus>(count);
        while (taken.Count < count && _items.TryDequeue(out var item))
            taken.Add(item);
        return taken;
    }

    private async Task<OutputLine> TellAsync(BatchLine line, IReadOnlyList<ItemStatus> items, CancellationToken cancellation)
    {
        if (items.Count < line.Pictures)
            return NotMade(line, "job_deleted", "its job was deleted before its answers were written");
        if (items.FirstOrDefault(i => i.State == ItemState.Failed) is { } failed)
            return Broken(line, string.Create(CultureInfo.InvariantCulture, $"picture {failed.Item.Request.Picture} was not made: {failed.Reason}"));
        if (items.Any(i => i.State == ItemState.Cancelled))
            return batch.Outcome == BatchState.Expired
                ? NotMade(line, "batch_expired", $"not all of its pictures were made within the window of {batch.Window}; submit it again")
                : NotMade(line, "batch_cancelled", "its batch, or its job, was cancelled before all of its pictures were made");
        if (items.Any(i => i.State != ItemState.Done))
            return NotMade(line, "retried", $"its job was retried while its answers were written; see job {job!.Id:N}");
        try
        {
            var data = new List<ImageData>(items.Count);
            foreach (var item in items)
                data.Add(await gateway.Pictures.TellAsync(item, line.AsUrl ? path => gateway.Urls.Url(batch.Origin, path, _urlsEnd) : null, cancellation).ConfigureAwait(false));
            var size = _model is null ? "auto" : ImageRequest.SizeOf(_model, items[0].Item.Request);
            var answer = new ImagesAnswer(items.Max(i => i.Ended)!.Value.ToUnixTimeSeconds(), data, size, "png", job!.Id.ToString("N"));
            return new OutputLine(Id("batch_req_", line), line.CustomId, new OutputResponse(StatusCodes.Status200OK, Id("req_", line), answer), null);
        }
        catch (Exception e) when (e is ApiException or FormatException)
        {
            return Broken(line, e.Message);
        }
    }

    private OutputLine Broken(BatchLine line, string problem)
    {
        var error = new ErrorAnswer(new ErrorBody(problem, "server_error", null, "generation_failed"));
        return new OutputLine(Id("batch_req_", line), line.CustomId, new OutputResponse(StatusCodes.Status500InternalServerError, Id("req_", line), error), null);
    }

    private OutputLine NotMade(BatchLine line, string code, string message) => new(Id("batch_req_", line), line.CustomId, null, new OutputError(code, message));

    private string Id(string prefix, BatchLine line) => $"{prefix}{BatchIds.Line(batch.Id, line.Number):N}";
}
