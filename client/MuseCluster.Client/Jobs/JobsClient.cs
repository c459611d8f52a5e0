using System.Globalization;
using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Submits and steers jobs.</summary>
public sealed class JobsClient
{
    private const string Path = "v1/jobs";
    private readonly MuseHttp _http;
    private readonly MuseClientOptions _options;

    internal JobsClient(MuseHttp http, MuseClientOptions options) => (_http, _options) = (http, options);

    /// <summary>Submits a job.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="idempotencyKey">Gives the first answer once more when a call is repeated; a new one where null.</param>
    /// <param name="cancellation">Gives up; the job may be there nevertheless.</param>
    public Task<Job> SubmitAsync(JobRequest request, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        _http.ReadAsync(MuseCall.Post(Path, request, MuseJson.Default.JobRequest) with { IdempotencyKey = idempotencyKey ?? IdempotencyKeys.New() }, MuseJson.Default.Job, cancellation);

    /// <summary>All jobs, the newest first.</summary>
    /// <param name="pageSize">How many to ask for at once; null for as many as the server thinks fit.</param>
    /// <param name="cancellation">Gives up.</param>
    public IAsyncEnumerable<Job> ListAsync(int? pageSize = null, CancellationToken cancellation = default) =>
        Page<Job>.ListAsync(_http, Path, pageSize, null, j => j.Id, MuseJson.Default.PageJob, cancellation);

    /// <summary>A job as it is now.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Job> GetAsync(string id, CancellationToken cancellation = default) => _http.GetAsync(Of(id), MuseJson.Default.Job, cancellation);

    /// <summary>Ends a job; what is done stays.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Job> CancelAsync(string id, CancellationToken cancellation = default) => SteerAsync(id, "cancel", cancellation);

    /// <summary>Puts a job aside.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Job> PauseAsync(string id, CancellationToken cancellation = default) => SteerAsync(id, "pause", cancellation);

    /// <summary>Goes on with a job that was put aside.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Job> ResumeAsync(string id, CancellationToken cancellation = default) => SteerAsync(id, "resume", cancellation);

    /// <summary>Makes a job's failed items once more.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<Job> RetryAsync(string id, CancellationToken cancellation = default) => SteerAsync(id, "retry", cancellation);

    /// <summary>A job's items, in order.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="after">After which item to begin; null for the first.</param>
    /// <param name="pageSize">How many to ask for at once; null for as many as the server thinks fit.</param>
    /// <param name="cancellation">Gives up.</param>
    public IAsyncEnumerable<JobItem> ItemsAsync(string id, int? after = null, int? pageSize = null, CancellationToken cancellation = default) =>
        Page<JobItem>.ListAsync(_http, $"{Of(id)}/items", pageSize, after?.ToString(CultureInfo.InvariantCulture), i => i.Index.ToString(CultureInfo.InvariantCulture), MuseJson.Default.PageJobItem, cancellation);

    /// <summary>An item of a job.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="index">Which item.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<JobItem> GetItemAsync(string id, int index, CancellationToken cancellation = default) =>
        _http.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Of(id)}/items/{index}"), MuseJson.Default.JobItem, cancellation);

    /// <summary>
    /// What happens to a job, until it has ended. Lost connections are made again, and what ended meanwhile is told, some of
    /// it perhaps twice; only where none succeeds for <see cref="MuseClientOptions.WatchPatience"/> does watching fail.
    /// </summary>
    /// <param name="id">The job's id.</param>
    /// <param name="lastEventId">After which event to begin; null for the job as it is now.</param>
    /// <param name="cancellation">Stops watching; the job goes on.</param>
    public IAsyncEnumerable<JobEvent> WatchAsync(string id, string? lastEventId = null, CancellationToken cancellation = default) =>
        new JobWatch(_http, _options, $"{Of(id)}/events").WatchAsync(lastEventId, cancellation);

    private Task<Job> SteerAsync(string id, string what, CancellationToken cancellation) =>
        _http.ReadAsync(new MuseCall(HttpMethod.Post, $"{Of(id)}/{what}"), MuseJson.Default.Job, cancellation);

    private static string Of(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return $"{Path}/{Uri.EscapeDataString(id)}";
    }
}
