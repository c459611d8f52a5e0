using Orleans;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans.Messages;

/// <summary>A serving asks for parcels, and says so that it is alive.</summary>
/// <param name="Serving">Who asks.</param>
/// <param name="Silo">Where it is.</param>
/// <param name="Capacity">Most parcels that it holds at once.</param>
/// <param name="Paused">Whether it takes no more.</param>
/// <param name="Activation">Of the queue's activations the one that answered it last.</param>
/// <param name="Held">The tickets that it has.</param>
[GenerateSerializer, Immutable, Alias("muse.take-request")]
internal sealed record TakeRequest(
    [property: Id(0)] Guid Serving, [property: Id(1)] SiloAddress Silo, [property: Id(2)] int Capacity,
    [property: Id(3)] bool Paused, [property: Id(4)] Guid Activation, [property: Id(5)] Guid[] Held);

/// <summary>What a serving gets.</summary>
/// <param name="Activation">The queue's activation.</param>
/// <param name="Parcels">None where nothing came for a while.</param>
[GenerateSerializer, Immutable, Alias("muse.taken")]
internal sealed record Taken([property: Id(0)] Guid Activation, [property: Id(1)] Parcel[] Parcels);
