using System.Globalization;
using System.Net;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Waits for a batch and shows how far it is. A server that is away for a while only makes it wait longer.</summary>
/// <param name="client">The server.</param>
/// <param name="display">Where progress is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchWatch(MuseClient client, ProgressDisplay display, TimeProvider time)
{
    // Tenants may be held to so many calls a minute; a batch takes minutes to hours.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly long _started = time.GetTimestamp();
    private int? _first;
    private long? _lost;

    /// <summary>Waits until a batch has ended.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="cancellation">Stops waiting; the batch goes on.</param>
    /// <returns>The batch, ended.</returns>
    public async Task<Batch> WaitAsync(string id, CancellationToken cancellation)
    {
        while (true)
        {
            if (await LookAsync(id, cancellation).ConfigureAwait(false) is { HasEnded: true } batch)
                return batch;
            await Task.Delay(LookEvery, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<Batch?> LookAsync(string id, CancellationToken cancellation)
    {
        try
        {
            var batch = await client.Batches.GetAsync(id, cancellation).ConfigureAwait(false);
            _lost = null;
            Show(batch);
            return batch;
        }
        catch (Exception e) when (IsPassing(e) && time.GetElapsedTime(_lost ??= time.GetTimestamp()) < Patience)
        {
            display.Report(new ProgressState(e.Message + "; trying again", 0, 0));
            return null;
        }
    }

    private void Show(Batch batch)
    {
        var counts = batch.RequestCounts;
        var ended = counts.Completed + counts.Failed;
        _first ??= ended;
        var seconds = time.GetElapsedTime(_started).TotalSeconds;
        var speed = ended > _first && seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(ended - _first.Value) / seconds:0.0} lines/s") : "";
        var failed = counts.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"{counts.Failed} failed") : "";
        display.Report(new ProgressState(batch.Status.Replace('_', ' '), ended, counts.Total, string.Join("  ", new[] { speed, failed }.Where(t => t.Length > 0))));
    }

    private static bool IsPassing(Exception e) =>
        e is MuseConnectionException or TimeoutException
        || e is MuseApiException { Status: HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout };
}
