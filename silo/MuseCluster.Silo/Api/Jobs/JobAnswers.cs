using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Requests;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>A job, as the API tells it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Model">The model.</param>
/// <param name="Class">interactive or batch.</param>
/// <param name="Status">queued, running, paused, done, failed or cancelled.</param>
/// <param name="CreatedAt">When it was accepted, in seconds since 1970.</param>
/// <param name="Counts">Its items by state.</param>
public sealed record JobAnswer(string Id, string Model, PriorityClass Class, string Status, double CreatedAt, JobCounts Counts)
{
    /// <summary>Always <c>job</c>.</summary>
    public string Object => "job";

    internal static JobAnswer Of(JobStatus job) => new(
        job.Id.ToString("N"), job.Model, job.Class, StatusOf(job), Times.Seconds(job.Created), new JobCounts(job.Items, job.Queued, job.Running, job.Paused, job.Done, job.Failed, job.Cancelled));

    private static string StatusOf(JobStatus job) =>
        job.Ended ? job.Failed > 0 ? "failed" : job.Cancelled > 0 ? "cancelled" : "done"
        : job.Queued + job.Running == 0 ? "paused"
        : job.Running + job.Done + job.Failed > 0 ? "running" : "queued";
}

/// <summary>Items by state.</summary>
/// <param name="Total">All.</param>
/// <param name="Queued">They wait.</param>
/// <param name="Running">On their way.</param>
/// <param name="Paused">Held back.</param>
/// <param name="Done">With a picture.</param>
/// <param name="Failed">Given up.</param>
/// <param name="Cancelled">Not wanted any more.</param>
public sealed record JobCounts(int Total, int Queued, int Running, int Paused, int Done, int Failed, int Cancelled);

/// <summary>An item, as the API tells it.</summary>
/// <param name="Index">Its index in the job.</param>
/// <param name="Job">The job.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Request">What it shows and how.</param>
/// <param name="PictureUrl">Its picture, once done.</param>
/// <param name="ManifestUrl">How it came to be, once done.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="DispatchedAt">When it was last dispatched.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record ItemAnswer(
    int Index, string Job, ItemState State, RequestAnswer Request, string? PictureUrl, string? ManifestUrl, string? Reason, double CreatedAt, double? DispatchedAt, double? EndedAt)
{
    /// <summary>Always <c>item</c>.</summary>
    public string Object => "item";
}

/// <summary>What happened to an item.</summary>
/// <param name="Index">Its index in the job.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Stage">The stage it is in.</param>
/// <param name="Step">Steps made there.</param>
/// <param name="Steps">Steps of the stage.</param>
/// <param name="Preview">What is to be seen of it: a PNG in base64.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="PictureUrl">Its picture, once done.</param>
/// <param name="Ahead">While it waits: items of the same queue before its job's.</param>
public sealed record ItemProgress(int Index, ItemState State, string? Stage, int Step, int Steps, string? Preview, string? Reason, string? PictureUrl, int? Ahead);

/// <summary>Moments as the API tells them.</summary>
internal static class Times
{
    /// <summary>Seconds since 1970, to the millisecond.</summary>
    /// <param name="moment">The moment.</param>
    public static double Seconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() / 1000.0;
}
