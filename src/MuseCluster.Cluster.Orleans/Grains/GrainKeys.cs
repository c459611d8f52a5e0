using MuseCluster.Cluster.Mesh;
using Orleans;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>Finds grains by their keys.</summary>
internal static class GrainKeys
{
    /// <summary>The queue of a key: an address, or that of undeliverable items.</summary>
    public static IItemQueueGrain Queue(this IGrainFactory grains, string key) => key == IUndeliverableQueueGrain.Key
        ? grains.GetGrain<IUndeliverableQueueGrain>(key)
        : grains.GetGrain<IStageQueueGrain>(key);

    /// <summary>The key of an address.</summary>
    public static string Key(this StageAddress address) => address.ToString();

    /// <summary>The grain of a job.</summary>
    public static IJobGrain Job(this IGrainFactory grains, Guid job) => grains.GetGrain<IJobGrain>(job);
}
