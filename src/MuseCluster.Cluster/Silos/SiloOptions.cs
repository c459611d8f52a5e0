using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Grains;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Silos;

/// <summary>What a silo hosts.</summary>
public sealed record SiloOptions
{
    /// <summary>Its name, one of a kind in the cluster; see <see cref="NameRule"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The stages it serves, of each of its models that has them. Default: all.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = StageNames.All;

    /// <summary>Whether it is a gateway: takes jobs in, and stands by to dispatch. Default true.</summary>
    public bool Gateway { get; init; } = true;

    /// <summary>Where its HTTP endpoints are, as others reach them; empty where nowhere.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>How often it says that it is there. Default 3 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How grains hold items.</summary>
    public GrainOptions Grain { get; init; } = new();

    /// <summary>How items are dispatched.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>Faults that it makes by itself, for tests; null for none, which is the default.</summary>
    public FaultOptions? Faults { get; init; }

    /// <summary>What is wrong with the options, those of grains and dispatch included.</summary>
    /// <returns>The option, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (!NameRule.Holds(Name))
            yield return (nameof(Name), $"is '{Name}', expected {NameRule.Expected}");
        if (Stages.Count == 0 && !Gateway)
            yield return (nameof(Stages), "is empty and the silo is no gateway, expected a role at least");
        if (Heartbeat <= TimeSpan.Zero || Heartbeat > Dispatch.SiloTimeout / 2)
            yield return (nameof(Heartbeat), $"is {Heartbeat}, expected more than nothing, at most half of the silo timeout ({Dispatch.SiloTimeout})");
        foreach (var (field, problem) in Grain.Problems())
            yield return ($"{nameof(Grain)}.{field}", problem);
        foreach (var (field, problem) in Dispatch.Problems())
            yield return ($"{nameof(Dispatch)}.{field}", problem);
        if (Grain.Lease != Dispatch.Lease)
            yield return ($"{nameof(Grain)}.{nameof(Grain.Lease)}", $"is {Grain.Lease}, expected the dispatcher's {Dispatch.Lease}");
    }
}
