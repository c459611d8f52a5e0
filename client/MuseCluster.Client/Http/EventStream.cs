using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

namespace MuseCluster.Client.Http;

/// <summary>Reads server-sent events, and notices when nobody sends any more.</summary>
internal static class EventStream
{
    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="http">Names a broken connection.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="silence">How long it may be silent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="MuseConnectionException">The connection broke, or was silent for too long.</exception>
    public static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        MuseHttp http, Stream stream, TimeSpan silence, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = SseParser.Create(new TalkingStream(stream, silence, time), (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        await using var disposing = events.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync().ConfigureAwait(false))
                    yield break;
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw http.Broken(e);
            }
            yield return events.Current;
        }
    }
}
