using System.Collections.Concurrent;
using System.Threading.Channels;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans.Grains;
using MuseCluster.Cluster.Orleans.Messages;
using Orleans;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans;

/// <summary>Events of this silo to the others, and of all to those who listen here.</summary>
internal sealed class OrleansEvents : IAsyncDisposable
{
    private const int MostAtOnce = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Func<CancellationToken, Task<IGrainFactory>> _grains;
    private readonly int _buffer;
    private readonly CancellationToken _stopping;
    private readonly Channel<Told> _published;
    private readonly Task _publishing;
    private readonly ConcurrentDictionary<Task, byte> _hearing = [];

    /// <summary>Starts to tell what is published.</summary>
    /// <param name="grains">The cluster, once it was joined.</param>
    /// <param name="options">Has the buffers' size.</param>
    /// <param name="stopping">Ends it, and all listening.</param>
    public OrleansEvents(Func<CancellationToken, Task<IGrainFactory>> grains, OrleansOptions options, CancellationToken stopping)
    {
        (_grains, _buffer, _stopping) = (grains, options.EventBuffer, stopping);
        // Silos that publish need a buffer for moments of no connection, whatever the listeners' is.
        _published = Channel.CreateBounded<Told>(new BoundedChannelOptions(Math.Max(1024, _buffer)) { FullMode = BoundedChannelFullMode.DropOldest });
        _publishing = PublishAsync();
    }

    /// <summary>Tells an event.</summary>
    public void Publish(ItemEvent e) => _published.Writer.TryWrite(new Told(e.Tenant, e.Item.Job, ItemEventCodec.Encode(e).ToArray()));

    /// <summary>Listens from now on; listens again where the grain moved.</summary>
    /// <param name="filter">To what.</param>
    /// <param name="start">Gives up waiting for the start.</param>
    /// <param name="listening">Ends it.</param>
    public async Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken start, CancellationToken listening)
    {
        var heard = Channel.CreateBounded<ItemEvent>(new BoundedChannelOptions(_buffer) { FullMode = BoundedChannelFullMode.DropOldest });
        var ended = CancellationTokenSource.CreateLinkedTokenSource(listening, _stopping);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hearing = Task.Run(() => HearAsync(filter, heard.Writer, started, ended), CancellationToken.None);
        _hearing[hearing] = 0;
        foreach (var over in _hearing.Keys.Where(h => h.IsCompleted))
            _hearing.TryRemove(over, out _);
        try
        {
            await started.Task.WaitAsync(start).ConfigureAwait(false);
        }
        catch
        {
            await ended.CancelAsync().ConfigureAwait(false);
            throw;
        }
        return heard.Reader.ReadAllAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _published.Writer.TryComplete();
        await Task.WhenAll([_publishing, .. _hearing.Keys]).ConfigureAwait(false);
    }

    private async Task HearAsync(EventFilter filter, ChannelWriter<ItemEvent> heard, TaskCompletionSource started, CancellationTokenSource ended)
    {
        using var _ = ended;
        while (!ended.IsCancellationRequested)
            try
            {
                var grain = (await _grains(ended.Token).ConfigureAwait(false)).GetGrain<IEventsGrain>(0);
                await foreach (var e in grain.ListenAsync(filter.Tenant, filter.Job, ended.Token).WithCancellation(ended.Token).ConfigureAwait(false))
                    if (e.Length == 0)
                        started.TrySetResult();
                    else
                        heard.TryWrite(ItemEventCodec.Decode(e));
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException or EnumerationAbortedException or FormatException)
            {
                await Task.Delay(Pause, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                started.TrySetException(e);
                break;
            }
        started.TrySetCanceled(CancellationToken.None);
        heard.TryComplete();
    }

    private async Task PublishAsync()
    {
        var batch = new List<Told>();
        try
        {
            var grain = (await _grains(_stopping).ConfigureAwait(false)).GetGrain<IEventsGrain>(0);
            while (await _published.Reader.WaitToReadAsync(_stopping).ConfigureAwait(false))
            {
                batch.Clear();
                while (batch.Count < MostAtOnce && _published.Reader.TryRead(out var e))
                    batch.Add(e);
                // Told or lost: nothing depends on them.
                await grain.PublishAsync([.. batch]).WaitAsync(_stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // Nobody is told any more.
        }
    }
}
