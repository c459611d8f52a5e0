using MuseCluster.Cluster.Orleans.Placement;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>The queue of a stage of a model, on one of the silos that serve it.</summary>
[Reentrant, SiloRole(SiloRoles.OfKey), CapacityPlacement]
internal sealed class StageQueueGrain(OrleansOptions options, IClusterMembershipService membership, TimeProvider time)
    : ItemQueueGrain(options.MostDeliveries, options, membership, time), IStageQueueGrain;

/// <summary>The queue of undeliverable items, on a gateway where there is one: dispatchers serve it.</summary>
[Reentrant, SiloRole(SiloRoles.Gateway, Required = false), CapacityPlacement]
internal sealed class UndeliverableQueueGrain(OrleansOptions options, IClusterMembershipService membership, TimeProvider time)
    : ItemQueueGrain(int.MaxValue, options, membership, time), IUndeliverableQueueGrain;
