using System.Text.Json.Serialization;

namespace MuseCluster.Client;

/// <summary>What a tenant submitted: many pictures.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Model">Its model.</param>
/// <param name="Class"><c>interactive</c> or <c>batch</c>.</param>
/// <param name="Status">One of <see cref="JobState"/>.</param>
/// <param name="CreatedAt">When it was submitted.</param>
/// <param name="Counts">Its items.</param>
public sealed record Job(string Id, string Model, string Class, string Status, DateTimeOffset CreatedAt, JobCounts Counts)
{
    /// <summary>Whether nothing happens to it any more, unless its failed items are retried.</summary>
    [JsonIgnore]
    public bool HasEnded => JobState.HasEnded(Status);
}

/// <summary>A job's items by state.</summary>
/// <param name="Total">All.</param>
/// <param name="Queued">Those that wait.</param>
/// <param name="Running">Those being made.</param>
/// <param name="Paused">Those put aside.</param>
/// <param name="Done">Those with a picture.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Cancelled">Those cancelled.</param>
public sealed record JobCounts(int Total, int Queued, int Running, int Paused, int Done, int Failed, int Cancelled)
{
    /// <summary>Those that nothing happens to any more.</summary>
    [JsonIgnore]
    public int Ended => Done + Failed + Cancelled;
}

/// <summary>The states of jobs and items.</summary>
public static class JobState
{
    /// <summary>Waits.</summary>
    public const string Queued = "queued";

    /// <summary>Is being made.</summary>
    public const string Running = "running";

    /// <summary>Was put aside.</summary>
    public const string Paused = "paused";

    /// <summary>Is there.</summary>
    public const string Done = "done";

    /// <summary>Failed; of a job: has ended, and an item failed.</summary>
    public const string Failed = "failed";

    /// <summary>Was cancelled.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Whether nothing happens after a state.</summary>
    /// <param name="state">The state.</param>
    public static bool HasEnded(string state) => state is Done or Failed or Cancelled;
}
