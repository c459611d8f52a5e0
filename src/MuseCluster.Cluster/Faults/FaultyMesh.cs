using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Faults;

/// <summary>A mesh that sends some items twice, and some late, as networks and brokers do.</summary>
/// <param name="mesh">What carries them.</param>
/// <param name="options">How often.</param>
/// <param name="time">Time.</param>
public sealed class FaultyMesh(IMesh mesh, FaultOptions options, TimeProvider time) : IMesh
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly Random _random = new(options.Seed);

    /// <inheritdoc/>
    public async Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        var (late, twice) = Draw();
        if (late > TimeSpan.Zero)
            await Task.Delay(late, time, cancellation).ConfigureAwait(false);
        await mesh.SendAsync(to, message, cancellation).ConfigureAwait(false);
        if (twice)
            await mesh.SendAsync(to, message, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default) => mesh.DeclareAsync(addresses, cancellation);

    /// <inheritdoc/>
    public Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default) => mesh.ServeAsync(address, capacity, cancellation);

    /// <inheritdoc/>
    public Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default) => mesh.ServeUndeliverableAsync(capacity, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default) => mesh.GetDepthsAsync(cancellation);

    /// <inheritdoc/>
    public void Publish(ItemEvent e) => mesh.Publish(e);

    /// <inheritdoc/>
    public Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation) => mesh.ListenAsync(filter, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => mesh.DisposeAsync();

    private (TimeSpan Late, bool Twice) Draw()
    {
        lock (_random)
            return (_random.NextDouble() < options.Delay ? Longest * _random.NextDouble() : TimeSpan.Zero, _random.NextDouble() < options.Duplicate);
    }
}
