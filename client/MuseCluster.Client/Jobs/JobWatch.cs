using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Watches a job over as many connections as it takes.</summary>
/// <param name="http">Makes the calls.</param>
/// <param name="options">How long to be patient.</param>
/// <param name="path">Where the events are.</param>
internal sealed class JobWatch(MuseHttp http, MuseClientOptions options, string path)
{
    private string? _last;
    private bool _ended;

    // Connections that failed one after the other, and since when.
    private int _failures;
    private long _failing;

    /// <summary>The job's events.</summary>
    /// <param name="lastEventId">After which event to begin.</param>
    /// <param name="cancellation">Stops.</param>
    public async IAsyncEnumerable<JobEvent> WatchAsync(string? lastEventId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _last = lastEventId;
        while (true)
        {
            var events = ConnectionAsync(cancellation).GetAsyncEnumerator(cancellation);
            await using (events.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await events.MoveNextAsync().ConfigureAwait(false))
                            break;
                    }
                    catch (Exception e) when (IsLoss(e) && !OutOfPatience())
                    {
                        break;
                    }
                    _failures = 0;
                    yield return events.Current;
                }
            }
            if (_ended)
                yield break;
            // The stream ended although the job has not: the silo stops, or something between cut it.
            if (OutOfPatience())
                throw http.Broken(new IOException("its events ended again and again before the job had"));
            await Task.Delay(Backoff.Delay(options, _failures++), options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<JobEvent> ConnectionAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // Waiting between connections is done above, where it can take longer than for other calls.
        var call = new MuseCall(HttpMethod.Get, path) { Events = true, LastEventId = _last, MaxRetries = 0 };
        var stream = await http.OpenAsync(call, cancellation).ConfigureAwait(false);
        await using var disposing = stream.ConfigureAwait(false);
        await foreach (var sent in EventStream.ReadAsync(http, stream, options.StreamSilence, options.Time, cancellation).ConfigureAwait(false))
        {
            _last = sent.EventId ?? _last;
            if (Read(sent) is { } happened)
                yield return happened;
        }
    }

    private JobEvent? Read(SseItem<string> sent)
    {
        switch (sent.EventType)
        {
            case "job":
                var job = JsonSerializer.Deserialize(sent.Data, MuseJson.Default.Job)!;
                _ended = job.HasEnded;
                return new JobChanged(sent.EventId, job);
            case "item":
                return new ItemChanged(sent.EventId, JsonSerializer.Deserialize(sent.Data, MuseJson.Default.ItemProgress)!);
            default:
                // A newer server may tell more.
                return null;
        }
    }

    private static bool IsLoss(Exception e) => e is MuseConnectionException or TimeoutException || (e is MuseApiException api && MuseHttp.Passes(api.Status));

    private bool OutOfPatience()
    {
        if (_failures == 0)
            _failing = options.Time.GetTimestamp();
        return _failures > 0 && options.Time.GetElapsedTime(_failing) >= options.WatchPatience;
    }
}
