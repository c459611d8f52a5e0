namespace MuseCluster.Cluster.RabbitMq;

/// <summary>Pauses between attempts: each twice the last, up to the longest, and shortened by chance so that many clients do not come at once.</summary>
/// <param name="options">The first and the longest.</param>
internal sealed class Delays(RabbitMqOptions options)
{
    private TimeSpan _next = options.FirstDelay;

    /// <summary>After a success: the next pause is the first again.</summary>
    public void Reset() => _next = options.FirstDelay;

    public Task WaitAsync(CancellationToken cancellation)
    {
        var delay = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, options.LongestDelay.Ticks));
        return Task.Delay(delay, cancellation);
    }
}
