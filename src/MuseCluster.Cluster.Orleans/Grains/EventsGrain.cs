using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MuseCluster.Cluster.Orleans.Messages;
using MuseCluster.Cluster.Orleans.Placement;
using Orleans;
using Orleans.Concurrency;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>On a gateway where there is one: that is where events are listened to.</summary>
[Reentrant, SiloRole(SiloRoles.Gateway, Required = false), CapacityPlacement]
internal sealed class EventsGrain : Grain, IEventsGrain
{
    // For a silo that is slow to fetch; what it does not fetch in time is lost to it.
    private const int Buffered = 4096;
    private readonly Dictionary<Channel<byte[]>, (string? Tenant, Guid? Job)> _listeners = [];

    public Task PublishAsync(Told[] events)
    {
        foreach (var (channel, (tenant, job)) in _listeners)
            foreach (var e in events.Where(e => (tenant ?? e.Tenant) == e.Tenant && (job ?? e.Job) == e.Job))
                channel.Writer.TryWrite(e.Event);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<byte[]> ListenAsync(string? tenant, Guid? job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners.Add(channel, (tenant, job));
        try
        {
            yield return [];
            await foreach (var e in channel.Reader.ReadAllAsync(cancellation))
                yield return e;
        }
        finally
        {
            _listeners.Remove(channel);
        }
    }
}
