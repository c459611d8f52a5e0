namespace MuseCluster.LocalCluster.Distribution;

/// <summary>What it costs to spread the stages over processes.</summary>
/// <param name="Items">Items of each batch.</param>
/// <param name="Rounds">
/// Pictures per second of one silo with everything in it, and, in the batch after that, of silos that have a stage each, with
/// RabbitMQ, PostgreSQL and Azurite beside them.
/// </param>
/// <param name="HopMedian">From a stage's end to the next one's start, in milliseconds, for items alone in the cluster.</param>
/// <param name="Hop99">The same, of the 99th percentile.</param>
/// <param name="Bytes">Bytes of a message to each stage.</param>
public sealed record DistributionReport(int Items, IReadOnlyList<DistributionRound> Rounds, double HopMedian, double Hop99, IReadOnlyDictionary<string, int> Bytes)
{
    /// <summary>Pictures per second of one silo, the median of all rounds.</summary>
    public double Embedded => Median(Rounds.Select(r => r.Embedded));

    /// <summary>Pictures per second of the cluster, the median of all rounds.</summary>
    public double Cluster => Median(Rounds.Select(r => r.Cluster));

    /// <summary>The cluster's speed in parts of the single silo's, the median of all rounds.</summary>
    public double Share => Median(Rounds.Select(r => r.Share));

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}

/// <summary>A batch through each.</summary>
/// <param name="Embedded">Pictures per second of one silo.</param>
/// <param name="Cluster">Pictures per second of the cluster.</param>
public sealed record DistributionRound(double Embedded, double Cluster)
{
    /// <summary>The cluster's speed in parts of the single silo's.</summary>
    public double Share => Cluster / Embedded;
}
