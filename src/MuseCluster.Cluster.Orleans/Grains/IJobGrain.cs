using MuseCluster.Cluster.Orleans.Messages;
using Orleans;
using Orleans.Concurrency;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>
/// Keeps the items of a job that are on their way: a copy of each, leased to the queue that has it. Where a queue has lost
/// it, with its silo, the item is sent there again.
/// </summary>
[Alias("muse.job")]
internal interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Keeps a parcel, and sends it to a queue. A ticket that is sent again goes where it is sent last.</summary>
    [Alias("send")]
    Task SendAsync(string queue, Parcel parcel, CancellationToken cancellation);

    /// <summary>A parcel was delivered, so often by now.</summary>
    [Alias("delivered"), OneWay]
    Task DeliveredAsync(Guid ticket, int deliveries);

    /// <summary>A parcel is taken care of.</summary>
    [Alias("settled"), OneWay]
    Task SettledAsync(Guid ticket);
}
