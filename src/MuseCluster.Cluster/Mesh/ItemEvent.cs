using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Mesh;

/// <summary>What one may watch of an item. Events may be lost or come twice; nothing depends on them.</summary>
/// <param name="Item">The item.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Stage">The stage it is in, while it runs.</param>
/// <param name="Step">Steps made in this stage.</param>
/// <param name="Steps">Steps of this stage.</param>
/// <param name="Grid">The grid as it is, masked tokens included; null where nothing is to be seen yet.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record ItemEvent(ItemId Item, string Tenant, ItemState State, Stage? Stage = null, int Step = 0, int Steps = 0, ushort[]? Grid = null, string? Reason = null);

/// <summary>Which events one listens to.</summary>
/// <param name="Tenant">Whose; null for everybody's.</param>
/// <param name="Job">Of which job; null for all.</param>
public sealed record EventFilter(string? Tenant = null, Guid? Job = null)
{
    /// <summary>Whether an event passes.</summary>
    /// <param name="e">The event.</param>
    public bool Passes(ItemEvent e) => (Tenant is null || Tenant == e.Tenant) && (Job is null || Job == e.Item.Job);
}
