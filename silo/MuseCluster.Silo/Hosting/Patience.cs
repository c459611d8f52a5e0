using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Hosting;

/// <summary>Waits for servers: in a cluster that starts, nobody knows which process comes first.</summary>
/// <param name="time">Time.</param>
/// <param name="logger">Told what is waited for.</param>
internal sealed partial class Patience(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Tries until it works, for two minutes.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <typeparam name="TAway">What is thrown while the server is away.</typeparam>
    /// <param name="what">What is waited for.</param>
    /// <param name="open">Tries.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<T> WaitAsync<T, TAway>(string what, Func<Task<T>> open, CancellationToken cancellation)
        where TAway : Exception
    {
        var started = time.GetTimestamp();
        while (true)
            try
            {
                return await open().ConfigureAwait(false);
            }
            catch (TAway e) when (time.GetElapsedTime(started) < Longest)
            {
                Waiting(what, e.Message);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "waiting for {What}: {Problem}")]
    private partial void Waiting(string what, string problem);
}
