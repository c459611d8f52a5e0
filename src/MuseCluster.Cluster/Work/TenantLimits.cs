namespace MuseCluster.Cluster.Work;

/// <summary>What a tenant may do. A limit that is null is none.</summary>
public sealed record TenantLimits
{
    /// <summary>No limits.</summary>
    public static TenantLimits None { get; } = new();

    /// <summary>Requests to each gateway in a minute. At least 1.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Items on their way at once. At least 1.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>Items that wait at once, paused ones included. At least 1.</summary>
    public int? MaxQueued { get; init; }

    /// <summary>Items of one job. At least 1.</summary>
    public int? MaxBatch { get; init; }

    /// <summary>The models it may use.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Days after which its jobs and their pictures are deleted. At least 1.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>What is wrong with the limits.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        foreach (var (field, value) in new[]
        {
            (nameof(RequestsPerMinute), RequestsPerMinute), (nameof(MaxRunning), MaxRunning), (nameof(MaxQueued), MaxQueued), (nameof(MaxBatch), MaxBatch), (nameof(RetentionDays), RetentionDays),
        })
            if (value < 1)
                yield return (field, $"is {value}, expected at least 1, or none");
        foreach (var model in Models ?? [])
            if (!NameRule.Holds(model))
                yield return (nameof(Models), $"has '{model}', expected {NameRule.Expected}");
    }

    /// <inheritdoc/>
    public bool Equals(TenantLimits? other) =>
        other is not null
        && (RequestsPerMinute, MaxRunning, MaxQueued, MaxBatch, RetentionDays) == (other.RequestsPerMinute, other.MaxRunning, other.MaxQueued, other.MaxBatch, other.RetentionDays)
        && (Models is null ? other.Models is null : other.Models is not null && Models.SequenceEqual(other.Models));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RequestsPerMinute, MaxRunning, MaxQueued, MaxBatch, RetentionDays, Models?.Count);
}

/// <summary>A job is more than its tenant may submit now.</summary>
/// <param name="limit">Which limit.</param>
/// <param name="message">What was found, and what is allowed.</param>
public sealed class TenantLimitException(string limit, string message) : Exception(message)
{
    /// <summary>Which limit: a member of <see cref="TenantLimits"/>.</summary>
    public string Limit => limit;
}
