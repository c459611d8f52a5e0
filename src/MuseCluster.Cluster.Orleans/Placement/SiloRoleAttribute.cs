using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans.Placement;

/// <summary>Places a grain's activations on silos of a role.</summary>
/// <param name="role">The role, or <see cref="SiloRoles.OfKey"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloRoleAttribute(string role) : PlacementFilterAttribute(new SiloRoleFilter(role))
{
    /// <summary>Whether there is no other place: where not, any silo will do while there is none of the role.</summary>
    public bool Required
    {
        get => Filter.Required;
        set => Filter.Required = value;
    }

    private SiloRoleFilter Filter => (SiloRoleFilter)PlacementFilterStrategy;
}

/// <summary>Passes the silos of a role.</summary>
/// <param name="role">The role.</param>
internal sealed class SiloRoleFilter(string role) : PlacementFilterStrategy(order: 0)
{
    private const string RoleProperty = "role";
    private const string RequiredProperty = "required";

    /// <summary>One whose role comes from a grain's properties.</summary>
    public SiloRoleFilter()
        : this(SiloRoles.OfKey)
    {
    }

    public string Role { get; private set; } = role;

    public bool Required { get; set; } = true;

    public override void AdditionalInitialize(GrainProperties properties)
    {
        Role = GetPlacementFilterGrainProperty(RoleProperty, properties) ?? throw new ArgumentException($"The grain's properties have no {RoleProperty}.", nameof(properties));
        Required = GetPlacementFilterGrainProperty(RequiredProperty, properties) != bool.FalseString;
    }

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) =>
        [new(RoleProperty, Role), new(RequiredProperty, Required.ToString())];
}

/// <summary>Asks silos' metadata for their roles.</summary>
/// <param name="roles">The roles.</param>
internal sealed class SiloRoleDirector(SiloRoles roles) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, global::Orleans.Runtime.Placement.PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var filter = (SiloRoleFilter)filterStrategy;
        var all = silos.ToList();
        var passed = all.Where(s => roles.Has(s, filter.Role, target.GrainIdentity.Key.ToString()!)).ToList();
        return passed.Count == 0 && !filter.Required ? all : passed;
    }
}
