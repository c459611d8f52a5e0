using MuseCluster.Cluster.Orleans.Messages;
using Orleans;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>Tells events to whoever listens; there is one. They are lost while it moves.</summary>
[Alias("muse.events")]
internal interface IEventsGrain : IGrainWithIntegerKey
{
    /// <summary>Tells events, in their order.</summary>
    [Alias("publish")]
    Task PublishAsync(Told[] events);

    /// <summary>Listens. The first that comes is empty, and says that the rest will come.</summary>
    [Alias("listen")]
    IAsyncEnumerable<byte[]> ListenAsync(string? tenant, Guid? job, CancellationToken cancellation);
}
