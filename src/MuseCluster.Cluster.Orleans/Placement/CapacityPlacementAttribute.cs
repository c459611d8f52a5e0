using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace MuseCluster.Cluster.Orleans.Placement;

/// <summary>Spreads a class's activations over silos in proportion to their capacities.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CapacityPlacementAttribute() : PlacementAttribute(new CapacityPlacement());

/// <summary>The strategy of <see cref="CapacityPlacementAttribute"/>.</summary>
[global::Orleans.GenerateSerializer, global::Orleans.Immutable, global::Orleans.Alias("muse.capacity-placement")]
internal sealed class CapacityPlacement : PlacementStrategy;

/// <summary>
/// Weighted rendezvous hashing: each silo draws a number from its address and the grain's, and the least of -ln(number) /
/// capacity wins. Any silo decides alike, and one that joins or leaves moves no grain between the others.
/// </summary>
/// <param name="roles">Knows the capacities.</param>
internal sealed class CapacityPlacementDirector(SiloRoles roles) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? silos.MinBy(s => Distance(s, target.GrainIdentity))!);
    }

    private double Distance(SiloAddress silo, GrainId grain)
    {
        // SplitMix64's finaliser: two hashes of 32 bits become one number without visible pattern.
        var bits = ((ulong)(uint)silo.GetConsistentHashCode() << 32) | grain.GetUniformHashCode();
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;
        return -Math.Log(((bits >> 11) + 0.5) / (1UL << 53)) / roles.CapacityOf(silo);
    }
}
