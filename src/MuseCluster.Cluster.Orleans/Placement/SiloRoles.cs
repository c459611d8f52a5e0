using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace MuseCluster.Cluster.Orleans.Placement;

/// <summary>What silos say of themselves in their metadata: roles, models, capacity.</summary>
/// <param name="metadata">What each says.</param>
/// <param name="membership">Which are there.</param>
internal sealed class SiloRoles(ISiloMetadataCache metadata, IClusterMembershipService membership)
{
    /// <summary>The role of a silo that takes jobs in.</summary>
    public const string Gateway = "gateway";

    /// <summary>Stands for the stage and model that a grain's key names.</summary>
    public const string OfKey = "";

    private const string Roles = "muse.roles";
    private const string Models = "muse.models";
    private const string Capacity = "muse.capacity";

    /// <summary>What a silo says.</summary>
    public static Dictionary<string, string> Metadata(OrleansOptions options) => new()
    {
        [Roles] = string.Join(',', [.. options.Stages.Select(s => s.Name()), .. options.Gateway ? new[] { Gateway } : []]),
        [Models] = string.Join(',', options.Models),
        [Capacity] = options.Capacity.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Whether a silo has a role.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="role">The role, or <see cref="OfKey"/>.</param>
    /// <param name="key">The grain's key: STAGE.MODEL.</param>
    public bool Has(SiloAddress silo, string role, string key)
    {
        if (role != OfKey)
            return Says(silo, Roles, role);
        var point = key.IndexOf('.', StringComparison.Ordinal);
        return point > 0 && Says(silo, Roles, key[..point]) && Says(silo, Models, key[(point + 1)..]);
    }

    /// <summary>Items that each stage of a silo holds at once; 1 where it does not say.</summary>
    public int CapacityOf(SiloAddress silo) =>
        metadata.GetSiloMetadata(silo).Metadata.TryGetValue(Capacity, out var text) && int.TryParse(text, out var capacity) && capacity > 0 ? capacity : 1;

    /// <summary>Whether a silo that is there serves an address.</summary>
    public bool Serve(StageAddress address) =>
        membership.CurrentSnapshot.Members.Values.Any(m => m.Status == SiloStatus.Active && Has(m.SiloAddress, OfKey, address.ToString()));

    private bool Says(SiloAddress silo, string what, string value) =>
        metadata.GetSiloMetadata(silo).Metadata.TryGetValue(what, out var list) && list.Split(',').Contains(value, StringComparer.Ordinal);
}
