using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Work;

/// <summary>One picture of a job, as it is dispatched.</summary>
/// <param name="Id">Which.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Model">The model that serves it.</param>
/// <param name="Class">How soon it is wanted.</param>
/// <param name="Request">What to make.</param>
/// <param name="Attempt">How often it has been dispatched, this time included; 0 where never.</param>
public sealed record Item(ItemId Id, string Tenant, string Model, PriorityClass Class, GenerationRequest Request, int Attempt);

/// <summary>An item and how it fares.</summary>
/// <param name="Item">The item.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Result">The artifact of its manifest, once done.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Created">When it was accepted.</param>
/// <param name="Dispatched">When it was last dispatched.</param>
/// <param name="Ended">When it came to its end.</param>
public sealed record ItemStatus(
    Item Item, ItemState State, string? Result, string? Reason, DateTimeOffset Created, DateTimeOffset? Dispatched, DateTimeOffset? Ended);
