namespace MuseCluster.Cluster.Work;

/// <summary>Where an item stands. Queued, running and paused items may go back and forth; a failed one waits again where its tenant asks for it; the others are for good.</summary>
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

    /// <summary>Held back until its job is resumed.</summary>
    Paused,
}
