namespace MuseCluster.LocalCluster.Distribution;

/// <summary>What it costs to spread the stages over processes.</summary>
/// <param name="Items">Items of each batch.</param>
/// <param name="Rounds">A batch through each arrangement, by turns.</param>
/// <param name="HopMedian">From a stage's end to the next one's start, in milliseconds, for items alone in the cluster.</param>
/// <param name="Hop99">The same, of the 99th percentile.</param>
/// <param name="Bytes">Bytes of a message to each stage.</param>
public sealed record DistributionReport(int Items, IReadOnlyList<DistributionRound> Rounds, double HopMedian, double Hop99, IReadOnlyDictionary<string, int> Bytes)
{
    /// <summary>Pictures per second of one silo, the median of all rounds.</summary>
    public double Embedded => Median(r => r.Embedded);

    /// <summary>Pictures per second of the cluster, the median of all rounds.</summary>
    public double Cluster => Median(r => r.Cluster);

    /// <summary>Pictures per second of the cluster with Azurite, the median of all rounds.</summary>
    public double ClusterWithAzurite => Median(r => r.ClusterWithAzurite);

    /// <summary>The cluster's speed in parts of the single silo's, the median of all rounds.</summary>
    public double Share => Median(r => r.Share);

    /// <summary>The same with Azurite.</summary>
    public double ShareWithAzurite => Median(r => r.ShareWithAzurite);

    /// <summary>The median of all rounds.</summary>
    /// <param name="value">What of a round.</param>
    public double Median(Func<DistributionRound, double> value)
    {
        var sorted = Rounds.Select(value).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

/// <summary>Pictures per second of each arrangement.</summary>
/// <param name="Embedded">One silo with everything in it: SQLite, and a folder for pictures.</param>
/// <param name="Cluster">A silo per stage with RabbitMQ and PostgreSQL, and the same kind of folder for pictures.</param>
/// <param name="ClusterWithAzurite">The same with Azurite for pictures, which takes processor time on this machine that Azure's storage would not.</param>
public sealed record DistributionRound(double Embedded, double Cluster, double ClusterWithAzurite)
{
    /// <summary>The cluster's speed in parts of the single silo's.</summary>
    public double Share => Cluster / Embedded;

    /// <summary>The same with Azurite.</summary>
    public double ShareWithAzurite => ClusterWithAzurite / Embedded;
}
