using MuseCluster.Cluster.Grains;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Faults;

/// <summary>A stage whose base decoding breaks on poison prompts: in the midst of a step that others share, or with the whole process.</summary>
/// <param name="work">The stage.</param>
/// <param name="crash">Ends the process.</param>
public sealed class FaultyWork(IStageWork work, Action crash) : IStageWork
{
    /// <summary>What prompts start with whose step throws.</summary>
    public const string Throws = "poison: throws";

    /// <summary>What prompts start with whose step takes the process with it.</summary>
    public const string Crashes = "poison: crashes";

    /// <inheritdoc/>
    public Stage Stage => work.Stage;

    /// <inheritdoc/>
    public ValueTask<StageMessage> PrepareAsync(StageMessage message, CancellationToken cancellation) => work.PrepareAsync(message, cancellation);

    /// <inheritdoc/>
    public IStageTask Start(StageMessage message) => work.Start(message);

    /// <inheritdoc/>
    public void Step(IReadOnlyList<IStageTask> tasks)
    {
        if (Stage == Stage.Base && tasks.Any(t => Prompt(t).StartsWith(Crashes, StringComparison.Ordinal)))
            crash();
        if (Stage == Stage.Base && tasks.Any(t => Prompt(t).StartsWith(Throws, StringComparison.Ordinal)))
            throw new InvalidOperationException("the prompt is poison");
        work.Step(tasks);
    }

    /// <inheritdoc/>
    public ValueTask<StageResult> CompleteAsync(IStageTask task, IReadOnlyList<StageTiming> timings, CancellationToken cancellation) =>
        work.CompleteAsync(task, timings, cancellation);

    /// <inheritdoc/>
    public void Dispose() => work.Dispose();

    private static string Prompt(IStageTask task) => task.Message.Item.Request.Prompt;
}
