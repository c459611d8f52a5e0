namespace MuseCluster.Cluster.Work;

/// <summary>How soon an item is wanted.</summary>
public enum PriorityClass
{
    /// <summary>Somebody waits for it: goes before batch items, as far as its tenant's share allows.</summary>
    Interactive,

    /// <summary>Nobody watches: throughput is what counts.</summary>
    Batch,
}
