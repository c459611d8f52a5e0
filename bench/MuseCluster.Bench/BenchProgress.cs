namespace MuseCluster.Bench;

/// <summary>Where a benchmark stands.</summary>
/// <param name="Part">What is measured now.</param>
/// <param name="Done">Parts measured.</param>
/// <param name="Total">Parts in all.</param>
public readonly record struct BenchProgress(string Part, int Done, int Total);
