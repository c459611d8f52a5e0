namespace MuseCluster.Training.Runs;

/// <summary>Where a run stands after a step.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">The loss, smoothed over the last hundred steps or so.</param>
/// <param name="SamplesPerSecond">Speed since this process started on the run.</param>
/// <param name="Remaining">Time left at that speed.</param>
public sealed record TrainingProgress(long Step, long Steps, double Loss, double SamplesPerSecond, TimeSpan Remaining);
