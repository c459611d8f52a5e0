using MuseCluster.Cluster.Orleans.Messages;
using Orleans;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>
/// What waits at one place of the mesh, and who serves it. It lives in memory: <see cref="IJobGrain"/> has a copy of each
/// parcel until it is settled, and sends those again that a new activation does not know.
/// </summary>
internal interface IItemQueueGrain : IGrainWithStringKey
{
    /// <summary>Takes a parcel in; one whose ticket is known already changes nothing.</summary>
    [Alias("enqueue")]
    Task EnqueueAsync(Parcel parcel, CancellationToken cancellation);

    /// <summary>Waits for parcels for a while: interactive ones first, among equals in the order of sending.</summary>
    [Alias("take")]
    Task<Taken> TakeAsync(TakeRequest request, CancellationToken cancellation);

    /// <summary>A serving takes no more.</summary>
    [Alias("pause")]
    Task PauseAsync(Guid serving);

    /// <summary>A serving is gone: what it held is delivered to others.</summary>
    [Alias("leave")]
    Task LeaveAsync(Guid serving);

    /// <summary>A parcel is taken care of, or returned; nothing happens where it is another serving's by now.</summary>
    [Alias("settle")]
    Task SettleAsync(Guid serving, Guid job, Guid ticket, bool done);

    /// <summary>Which of the tickets are not known here.</summary>
    [Alias("missing")]
    Task<Guid[]> GetMissingAsync(Guid[] tickets);

    /// <summary>How many parcels wait, not counting those that were delivered.</summary>
    [Alias("depth")]
    Task<long> GetDepthAsync();
}

/// <summary>What waits for a stage of a model; its key is the address, such as base.shapes.</summary>
[Alias("muse.stage-queue")]
internal interface IStageQueueGrain : IItemQueueGrain;

/// <summary>What was delivered too often; there is one.</summary>
[Alias("muse.undeliverable-queue")]
internal interface IUndeliverableQueueGrain : IItemQueueGrain
{
    /// <summary>The key of the one.</summary>
    const string Key = "undeliverable";
}
