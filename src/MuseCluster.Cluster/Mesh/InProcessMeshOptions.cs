namespace MuseCluster.Cluster.Mesh;

/// <summary>How the mesh within a process behaves.</summary>
public sealed record InProcessMeshOptions
{
    /// <summary>How often an item is delivered without being acknowledged before it becomes undeliverable. At least 1.</summary>
    public int MostDeliveries { get; init; } = 5;

    /// <summary>Most events that wait for a listener; it loses the oldest beyond. At least 1.</summary>
    public int EventBuffer { get; init; } = 256;

    /// <summary>What is wrong with the options.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (MostDeliveries < 1)
            yield return (nameof(MostDeliveries), $"is {MostDeliveries}, expected at least 1");
        if (EventBuffer < 1)
            yield return (nameof(EventBuffer), $"is {EventBuffer}, expected at least 1");
    }
}
