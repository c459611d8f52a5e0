namespace MuseCluster.Cluster.Work;

/// <summary>A file of requests, whose pictures one job makes and whose answers become files.</summary>
public sealed record BatchRecord
{
    /// <summary>Chosen by who submits, so that submitting the same batch twice changes nothing.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required string Tenant { get; init; }

    /// <summary>The file of its requests, one a line.</summary>
    public required Guid Input { get; init; }

    /// <summary>The route that each line asks.</summary>
    public required string Endpoint { get; init; }

    /// <summary>How long it may take, as it was asked for: 24h.</summary>
    public required string Window { get; init; }

    /// <summary>Scheme and host that its tenant reached the gateway by: what URLs in its answers start with.</summary>
    public required string Origin { get; init; }

    /// <summary>What its tenant notes of it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its window ends.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Where it stands.</summary>
    public BatchState State { get; init; }

    /// <summary>What it becomes once its files are written; null where that is not settled.</summary>
    public BatchState? Outcome { get; init; }

    /// <summary>The job that makes its pictures; null until it is valid.</summary>
    public Guid? Job { get; init; }

    /// <summary>How many requests it has; 0 until it is valid.</summary>
    public int Lines { get; init; }

    /// <summary>Requests that were answered, once it has ended.</summary>
    public int Completed { get; init; }

    /// <summary>Requests that were not, once it has ended.</summary>
    public int Failed { get; init; }

    /// <summary>The file of its answers; null where there are none.</summary>
    public Guid? Output { get; init; }

    /// <summary>The file of what went wrong, line by line; null where nothing did.</summary>
    public Guid? Error { get; init; }

    /// <summary>What is wrong with it as a whole.</summary>
    public IReadOnlyList<BatchError> Errors { get; init; } = [];

    /// <summary>When its job was submitted.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When its files were begun.</summary>
    public DateTimeOffset? Finalizing { get; init; }

    /// <summary>When it was asked to be cancelled.</summary>
    public DateTimeOffset? Cancelling { get; init; }

    /// <summary>When it came to its end.</summary>
    public DateTimeOffset? Ended { get; init; }
}

/// <summary>Something that is wrong with a batch.</summary>
/// <param name="Code">What programs tell errors apart by.</param>
/// <param name="Message">What was found and what is expected.</param>
/// <param name="Param">The field; null where it is none's.</param>
/// <param name="Line">The line of the input, from 1; null where it is none's.</param>
public sealed record BatchError(string Code, string Message, string? Param, int? Line);

/// <summary>Where a batch stands. <see cref="Failed"/>, <see cref="Completed"/>, <see cref="Expired"/> and <see cref="Cancelled"/> are for good.</summary>
public enum BatchState
{
    /// <summary>Its input is to be read, or waits for its tenant's limits.</summary>
    Validating,

    /// <summary>Its input is wrong, or more than its tenant may submit.</summary>
    Failed,

    /// <summary>Its job makes pictures.</summary>
    InProgress,

    /// <summary>Its files are written.</summary>
    Finalizing,

    /// <summary>Its files are there.</summary>
    Completed,

    /// <summary>Its window ended first; what was made until then is in its files.</summary>
    Expired,

    /// <summary>Its tenant does not want the rest; its files are written.</summary>
    Cancelling,

    /// <summary>Its tenant did not want the rest; what was made until then is in its files.</summary>
    Cancelled,
}

/// <summary>What became of a batch that was to be added.</summary>
public enum BatchAddition
{
    /// <summary>It is added.</summary>
    Added,

    /// <summary>One of that id was there; nothing is changed.</summary>
    WasThere,

    /// <summary>Its tenant has no such input file; nothing is changed.</summary>
    NoInput,
}

/// <summary>What became of a file that was to be deleted.</summary>
public enum FileDeletion
{
    /// <summary>It is deleted.</summary>
    Deleted,

    /// <summary>There is none.</summary>
    NotThere,

    /// <summary>A batch that has not ended reads it; it stays.</summary>
    InUse,
}
