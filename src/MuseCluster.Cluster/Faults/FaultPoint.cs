namespace MuseCluster.Cluster.Faults;

/// <summary>Places where a process may be made to fail by those who test what happens then. Nothing happens where nobody has armed them.</summary>
public static class FaultPoint
{
    /// <summary>Items are leased, and not sent yet.</summary>
    public const string Leased = "leased";

    /// <summary>An item is at the next stage, and not acknowledged yet.</summary>
    public const string Sent = "sent";

    /// <summary>An item's picture is stored, and its manifest not yet.</summary>
    public const string PictureStored = "picture-stored";

    /// <summary>An item's manifest is stored, and the ledger does not know yet.</summary>
    public const string ManifestStored = "manifest-stored";

    /// <summary>An item has ended in the ledger, and is not acknowledged yet.</summary>
    public const string Ended = "ended";

    /// <summary>All places.</summary>
    public static IReadOnlyList<string> All { get; } = [Leased, Sent, PictureStored, ManifestStored, Ended];

    /// <summary>Called at each place with its name; what it throws is thrown there. Null where nothing is to fail.</summary>
    public static Action<string>? Armed { get; set; }

    /// <summary>Passes a place.</summary>
    /// <param name="name">Which.</param>
    internal static void Reach(string name) => Armed?.Invoke(name);
}
