using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Files;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>A batch, as OpenAI tells it.</summary>
public sealed record BatchAnswer
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>batch</c>.</summary>
    public string Object => "batch";

    /// <summary>The route that each line asks.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What is wrong with it as a whole.</summary>
    public ListAnswer<BatchError>? Errors { get; init; }

    /// <summary>The file of its requests.</summary>
    public required string InputFileId { get; init; }

    /// <summary>How long it may take.</summary>
    public required string CompletionWindow { get; init; }

    /// <summary>validating, failed, in_progress, finalizing, completed, expired, cancelling or cancelled.</summary>
    public required BatchState Status { get; init; }

    /// <summary>The file of its answers.</summary>
    public string? OutputFileId { get; init; }

    /// <summary>The file of what went wrong, line by line.</summary>
    public string? ErrorFileId { get; init; }

    /// <summary>When it was submitted, in seconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When its job was submitted.</summary>
    public long? InProgressAt { get; init; }

    /// <summary>When its window ends.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>When its files were begun.</summary>
    public long? FinalizingAt { get; init; }

    /// <summary>When it was completed.</summary>
    public long? CompletedAt { get; init; }

    /// <summary>When it failed.</summary>
    public long? FailedAt { get; init; }

    /// <summary>When it expired.</summary>
    public long? ExpiredAt { get; init; }

    /// <summary>When it was asked to be cancelled.</summary>
    public long? CancellingAt { get; init; }

    /// <summary>When it was cancelled.</summary>
    public long? CancelledAt { get; init; }

    /// <summary>Its requests by what became of them.</summary>
    public required BatchCounts RequestCounts { get; init; }

    /// <summary>What its tenant notes of it.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The job that makes its pictures.</summary>
    public string? Job { get; init; }

    internal static BatchAnswer Of(BatchRecord batch, JobStatus? job) => new()
    {
        Id = BatchIds.Text(batch.Id),
        Endpoint = batch.Endpoint,
        Errors = batch.Errors.Count > 0 ? new ListAnswer<BatchError>(batch.Errors) : null,
        InputFileId = FileId.Text(batch.Input),
        CompletionWindow = batch.Window,
        Status = batch.State,
        OutputFileId = batch.Output is { } output ? FileId.Text(output) : null,
        ErrorFileId = batch.Error is { } error ? FileId.Text(error) : null,
        CreatedAt = batch.Created.ToUnixTimeSeconds(),
        InProgressAt = batch.Started?.ToUnixTimeSeconds(),
        ExpiresAt = batch.Expires.ToUnixTimeSeconds(),
        FinalizingAt = batch.Finalizing?.ToUnixTimeSeconds(),
        CompletedAt = End(batch, BatchState.Completed),
        FailedAt = End(batch, BatchState.Failed),
        ExpiredAt = End(batch, BatchState.Expired),
        CancellingAt = batch.Cancelling?.ToUnixTimeSeconds(),
        CancelledAt = End(batch, BatchState.Cancelled),
        RequestCounts = BatchCounts.Of(batch, job),
        Metadata = batch.Metadata.Count > 0 ? batch.Metadata : null,
        Job = batch.Job?.ToString("N"),
    };

    private static long? End(BatchRecord batch, BatchState state) => batch.State == state ? batch.Ended?.ToUnixTimeSeconds() : null;
}

/// <summary>Requests by what became of them.</summary>
/// <param name="Total">All; 0 until the batch is valid.</param>
/// <param name="Completed">Answered.</param>
/// <param name="Failed">Not answered.</param>
public sealed record BatchCounts(int Total, int Completed, int Failed)
{
    internal static BatchCounts Of(BatchRecord batch, JobStatus? job)
    {
        // Until the end the job's pictures stand for the requests: exact where each asks for one.
        return batch.Ended is null && job is { Items: > 0 } ? new(batch.Lines, Lines(job.Done), Lines(job.Failed + job.Cancelled)) : new(batch.Lines, batch.Completed, batch.Failed);

        int Lines(int items) => (int)((long)items * batch.Lines / job.Items);
    }
}

/// <summary>What a batch's submission holds, for the API's description.</summary>
/// <param name="InputFileId">The file of its requests.</param>
/// <param name="Endpoint">/v1/images/generations.</param>
/// <param name="CompletionWindow">24h, or 1m to 720h.</param>
/// <param name="Metadata">Up to 16 notes.</param>
public sealed record BatchBody(string InputFileId, string Endpoint, string CompletionWindow, IReadOnlyDictionary<string, string>? Metadata);
