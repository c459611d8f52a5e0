using System.Collections.Concurrent;
using System.Threading.Channels;
using MuseCluster.Cluster.Mesh;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>Hears the mesh's events once, and tells those of a job to whoever follows it.</summary>
internal sealed partial class ItemEvents : IAsyncDisposable
{
    private const int Buffered = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<Following, byte>> _followings = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _hearing;

    /// <summary>Starts to hear.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="time">Time.</param>
    /// <param name="logger">Told what goes wrong.</param>
    public ItemEvents(IMesh mesh, TimeProvider time, ILogger<ItemEvents> logger) => _hearing = Task.Run(() => HearAsync(mesh, time, logger, _stopping.Token));

    /// <summary>Follows a job from now on, until disposed. Events may be lost, and a slow reader loses the oldest.</summary>
    /// <param name="job">The job.</param>
    public Following Follow(Guid job)
    {
        var following = new Following(this, job);
        // A set that has become empty may be on its way out.
        while (true)
        {
            var set = _followings.GetOrAdd(job, _ => new());
            lock (set)
                if (_followings.TryGetValue(job, out var there) && there == set)
                {
                    set[following] = 0;
                    return following;
                }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _hearing.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task HearAsync(IMesh mesh, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
            try
            {
                await foreach (var e in (await mesh.ListenAsync(new EventFilter(), stopping).ConfigureAwait(false)).ConfigureAwait(false))
                    if (_followings.TryGetValue(e.Item.Job, out var set))
                        foreach (var following in set.Keys)
                            following.Tell(e);
            }
            catch (Exception e) when (e is MeshException or OperationCanceledException or ObjectDisposedException)
            {
                if (stopping.IsCancellationRequested)
                    return;
                Deaf(logger, e.Message);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    private void End(Following following, Guid job)
    {
        if (!_followings.TryGetValue(job, out var set))
            return;
        lock (set)
        {
            set.TryRemove(following, out _);
            if (set.IsEmpty)
                _followings.TryRemove(job, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "events are not heard, trying again: {Problem}")]
    private static partial void Deaf(ILogger logger, string problem);

    /// <summary>Somebody who follows a job.</summary>
    internal sealed class Following(ItemEvents events, Guid job) : IDisposable
    {
        private readonly Channel<ItemEvent> _channel = Channel.CreateBounded<ItemEvent>(new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        /// <summary>What happened.</summary>
        public ChannelReader<ItemEvent> Reader => _channel.Reader;

        /// <summary>Waits for an event, or a while.</summary>
        /// <param name="most">The longest.</param>
        /// <param name="time">Time.</param>
        /// <param name="cancellation">Gives up waiting.</param>
        public async Task WaitAsync(TimeSpan most, TimeProvider time, CancellationToken cancellation)
        {
            using var over = new CancellationTokenSource(most, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
            try
            {
                await Reader.WaitToReadAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // The ledger is asked then.
            }
        }

        /// <inheritdoc/>
        public void Dispose() => events.End(this, job);

        internal void Tell(ItemEvent e) => _channel.Writer.TryWrite(e);
    }
}
