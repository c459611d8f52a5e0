namespace MuseCluster.Simulation;

/// <summary>What a run of one size measured.</summary>
/// <param name="Items">Items of the run.</param>
/// <param name="SubmitSeconds">From the first job's submission until the last was accepted.</param>
/// <param name="DispatchSeconds">From then until every item had been dispatched and had come to its end in the ledger.</param>
/// <param name="LatencySeconds">What an item spends on a silo: no run is shorter, however fast it is dispatched.</param>
/// <param name="MostInFlight">Most items that were in flight at a time.</param>
/// <param name="Window">Most that may be.</param>
/// <param name="Shares">What each tenant was given of what was dispatched while all of them had items waiting.</param>
/// <param name="Unfairness">The largest deviation of a share from what weights say, as a part of it.</param>
/// <param name="Overtakers">Items dispatched between the acceptance of the single interactive item and its own dispatch.</param>
/// <param name="StartSeconds">The time between these two.</param>
/// <param name="EndSeconds">From its acceptance until it was finished.</param>
public sealed record DispatchRun(
    int Items, double SubmitSeconds, double DispatchSeconds, double LatencySeconds, int MostInFlight, int Window, IReadOnlyDictionary<string, double> Shares, double Unfairness,
    int Overtakers, double StartSeconds, double EndSeconds)
{
    /// <summary>Items accepted in a second.</summary>
    public double SubmitRate => Items / SubmitSeconds;

    /// <summary>Items dispatched and ended in a second.</summary>
    public double DispatchRate => Items / DispatchSeconds;

    /// <summary>What an item took of the dispatch's time, in microseconds, not counting the latency of the last.</summary>
    public double Micros => (DispatchSeconds - LatencySeconds) / Items * 1e6;
}

/// <summary>Where a dispatch benchmark stands.</summary>
/// <param name="Doing">What it does now.</param>
/// <param name="Done">How far it is with that.</param>
/// <param name="Total">How far it goes.</param>
public readonly record struct DispatchProgress(string Doing, int Done, int Total);
