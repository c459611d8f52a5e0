namespace MuseCluster.Client;

/// <summary>What a tenant has used, and may use.</summary>
/// <param name="Data">A row a day.</param>
/// <param name="Limits">What it may use.</param>
public sealed record UsageReport(IReadOnlyList<UsageDay> Data, UsageLimits? Limits);

/// <summary>What was used on a day.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Pictures">Pictures made.</param>
/// <param name="Steps">Decoding steps.</param>
/// <param name="DeviceSeconds">Time of the devices that decoded.</param>
public sealed record UsageDay(DateOnly Day, long Pictures, long Steps, double DeviceSeconds);

/// <summary>What a tenant may use; null for no limit.</summary>
/// <param name="Weight">Its share of a busy cluster, against the weights of others.</param>
/// <param name="RequestsPerMinute">Calls in a minute.</param>
/// <param name="MaxRunning">Items made at once.</param>
/// <param name="MaxQueued">Items that wait.</param>
/// <param name="MaxBatch">Items of a job or batch.</param>
/// <param name="Models">The models it may use.</param>
/// <param name="RetentionDays">How long results stay.</param>
public sealed record UsageLimits(
    double? Weight, int? RequestsPerMinute, int? MaxRunning, int? MaxQueued, int? MaxBatch, IReadOnlyList<string>? Models, int? RetentionDays);
