namespace MuseCluster.Cluster.Work;

/// <summary>Somebody who submits jobs, and whose share of the cluster is guarded.</summary>
/// <param name="Name">1 to 63 lower-case letters, digits and '-', starting with a letter or digit. It prefixes the tenant's artifacts.</param>
/// <param name="Weight">The tenant's share of a busy cluster, relative to the other tenants that have work. Above 0, at most 1000.</param>
public sealed record Tenant(string Name, double Weight = 1)
{
    /// <summary>The highest weight.</summary>
    public const double MaxWeight = 1000;

    /// <summary>The tenant that work belongs to where nobody says otherwise.</summary>
    public const string Default = "default";

    /// <summary>What it may do. Default: anything.</summary>
    public TenantLimits Limits { get; init; } = TenantLimits.None;

    /// <summary>What is wrong with the tenant.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (!NameRule.Holds(Name))
            yield return (nameof(Name), $"is '{Name}', expected {NameRule.Expected}");
        if (!(Weight is > 0 and <= MaxWeight))
            yield return (nameof(Weight), $"is {Weight}, expected more than 0, at most {MaxWeight}");
        foreach (var problem in Limits.Problems())
            yield return problem;
    }
}
