namespace MuseCluster.Client.Http;

/// <summary>How long to wait before something is tried again.</summary>
internal static class Backoff
{
    /// <summary>The wait before a retry: doubling, spread over its upper half, and never less than the server asks for.</summary>
    /// <param name="options">The first and longest wait, and the spread.</param>
    /// <param name="attempt">How many retries there were.</param>
    /// <param name="least">What the server asks for; null where it does not.</param>
    public static TimeSpan Delay(MuseClientOptions options, int attempt, TimeSpan? least = null)
    {
        var full = Math.Min(options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(attempt, 30)), options.MaxRetryDelay.TotalSeconds);
        var wait = TimeSpan.FromSeconds(full * (1 - (0.5 * options.Jitter())));
        return least > wait ? least.Value : wait;
    }
}
