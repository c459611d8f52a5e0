namespace MuseCluster.LocalCluster.Chaos;

/// <summary>What a chaos run found.</summary>
public sealed record ChaosReport
{
    /// <summary>Items that were accepted.</summary>
    public int Items { get; init; }

    /// <summary>Times that items were dispatched.</summary>
    public int Attempts { get; init; }

    /// <summary>Items that came to their end: done, or failed with a reason.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Items that did not.</summary>
    public int Lost { get; init; }

    /// <summary>Results beyond one an item: pictures or manifests that belong to nothing.</summary>
    public int Duplicated { get; init; }

    /// <summary>Items that ended although an attempt of theirs was lost.</summary>
    public int Recovered { get; init; }

    /// <summary>Good items that failed; there should be none.</summary>
    public IReadOnlyList<string> FailedGood { get; init; } = [];

    /// <summary>Poison items that failed with a reason, as they should.</summary>
    public int FailedPoison { get; init; }

    /// <summary>Poison items that did not fail.</summary>
    public int DonePoison { get; init; }

    /// <summary>Good pictures that are, byte for byte, those of an undisturbed run.</summary>
    public int Identical { get; init; }

    /// <summary>Good pictures that are not, or are missing.</summary>
    public IReadOnlyList<string> Different { get; init; } = [];

    /// <summary>How often each thing was done to the cluster.</summary>
    public IReadOnlyDictionary<string, int> Disturbances { get; init; } = new Dictionary<string, int>();

    /// <summary>From the first submission to the last end.</summary>
    public double Seconds { get; init; }

    /// <summary>Whether all is as it should be.</summary>
    public bool Passed => Lost == 0 && Duplicated == 0 && FailedGood.Count == 0 && DonePoison == 0 && Different.Count == 0;
}
