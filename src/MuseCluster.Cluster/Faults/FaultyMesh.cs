using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Faults;

/// <summary>A mesh that sends some items twice, and some late, as networks and brokers do.</summary>
/// <param name="mesh">What carries them.</param>
/// <param name="options">How often.</param>
/// <param name="time">Time.</param>
public sealed class FaultyMesh(IMesh mesh, FaultOptions options, TimeProvider time) : DelegatingMesh(mesh)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly Random _random = new(options.Seed);

    /// <inheritdoc/>
    public override async Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        var (late, twice) = Draw();
        if (late > TimeSpan.Zero)
            await Task.Delay(late, time, cancellation).ConfigureAwait(false);
        await base.SendAsync(to, message, cancellation).ConfigureAwait(false);
        if (twice)
            await base.SendAsync(to, message, cancellation).ConfigureAwait(false);
    }

    private (TimeSpan Late, bool Twice) Draw()
    {
        lock (_random)
            return (_random.NextDouble() < options.Delay ? Longest * _random.NextDouble() : TimeSpan.Zero, _random.NextDouble() < options.Duplicate);
    }
}
