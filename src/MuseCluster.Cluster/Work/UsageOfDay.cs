namespace MuseCluster.Cluster.Work;

/// <summary>What a tenant has had on a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Pictures">Pictures made.</param>
/// <param name="Steps">Decoding steps of these.</param>
/// <param name="DeviceSeconds">Seconds that processors or GPUs computed for them; of a step of several pictures each has its share.</param>
public sealed record UsageOfDay(DateOnly Day, long Pictures, long Steps, double DeviceSeconds);
