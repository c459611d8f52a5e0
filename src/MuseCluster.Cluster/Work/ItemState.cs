namespace MuseCluster.Cluster.Work;

/// <summary>Where an item stands. Queued and running items may go back and forth; the others are for good.</summary>
public enum ItemState
{
    /// <summary>Accepted, waits to be dispatched.</summary>
    Queued,

    /// <summary>Leased: somewhere between the dispatcher and its result.</summary>
    Running,

    /// <summary>Its picture and manifest are in the artifact store.</summary>
    Done,

    /// <summary>Given up, with a reason.</summary>
    Failed,

    /// <summary>Not wanted any more.</summary>
    Cancelled,
}
