namespace MuseCluster.Client;

/// <summary>Requests that are worked off as a file.</summary>
public sealed record Batch
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary><c>validating</c>, <c>failed</c>, <c>in_progress</c>, <c>finalizing</c>, <c>completed</c>, <c>expired</c>, <c>cancelling</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Where its lines go.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Why it failed as a whole.</summary>
    public BatchErrors? Errors { get; init; }

    /// <summary>The file of requests.</summary>
    public string? InputFileId { get; init; }

    /// <summary>How long it may take, such as <c>24h</c>.</summary>
    public string? CompletionWindow { get; init; }

    /// <summary>The file of answers; null until there is one.</summary>
    public string? OutputFileId { get; init; }

    /// <summary>The file of lines that failed; null where none did.</summary>
    public string? ErrorFileId { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its requests were all accepted.</summary>
    public DateTimeOffset? InProgressAt { get; init; }

    /// <summary>When it ends whatever is left.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When its output began to be written.</summary>
    public DateTimeOffset? FinalizingAt { get; init; }

    /// <summary>When it was completed.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When it failed.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>When it expired.</summary>
    public DateTimeOffset? ExpiredAt { get; init; }

    /// <summary>When its end was asked for.</summary>
    public DateTimeOffset? CancellingAt { get; init; }

    /// <summary>When it was cancelled.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>How many lines there are, and how they ended.</summary>
    public BatchCounts RequestCounts { get; init; } = new(0, 0, 0);

    /// <summary>What its owner noted.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The job that makes its pictures; null until it is in progress.</summary>
    public string? Job { get; init; }

    /// <summary>Whether nothing happens to it any more.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => Status is "failed" or "completed" or "expired" or "cancelled";
}

/// <summary>Lines of a batch.</summary>
/// <param name="Total">All.</param>
/// <param name="Completed">Those with an answer.</param>
/// <param name="Failed">Those that failed.</param>
public sealed record BatchCounts(int Total, int Completed, int Failed);

/// <summary>Why a batch failed as a whole.</summary>
/// <param name="Data">Each error.</param>
public sealed record BatchErrors(IReadOnlyList<BatchError> Data);

/// <summary>What is wrong with a line of a batch's input.</summary>
/// <param name="Code">The error.</param>
/// <param name="Message">What was found and what is expected.</param>
/// <param name="Param">The field.</param>
/// <param name="Line">The line, from 1.</param>
public sealed record BatchError(string? Code, string? Message, string? Param, int? Line);
