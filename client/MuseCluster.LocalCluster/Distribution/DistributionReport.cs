namespace MuseCluster.LocalCluster.Distribution;

/// <summary>What it costs to spread the stages over processes.</summary>
/// <param name="Items">Items of each batch.</param>
/// <param name="Embedded">Pictures per second of one silo with everything in it.</param>
/// <param name="Cluster">Pictures per second of silos that have a stage each, with RabbitMQ, PostgreSQL and Azurite beside them.</param>
/// <param name="HopMedian">From a stage's end to the next one's start, in milliseconds, for items alone in the cluster.</param>
/// <param name="Hop99">The same, of the 99th percentile.</param>
/// <param name="Bytes">Bytes of a message to each stage.</param>
public sealed record DistributionReport(int Items, double Embedded, double Cluster, double HopMedian, double Hop99, IReadOnlyDictionary<string, int> Bytes)
{
    /// <summary>The cluster's speed in parts of the single silo's.</summary>
    public double Share => Cluster / Embedded;
}
