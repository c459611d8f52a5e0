using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Grains;

/// <summary>What a stage does with items. <see cref="Start"/> and <see cref="Step"/> are called by one thread, the grain's; the others by any.</summary>
public interface IStageWork : IDisposable
{
    /// <summary>The stage.</summary>
    Stage Stage { get; }

    /// <summary>Fetches what an item needs and does not carry with it.</summary>
    /// <param name="message">The item as it came.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The item with all it needs.</returns>
    ValueTask<StageMessage> PrepareAsync(StageMessage message, CancellationToken cancellation);

    /// <summary>Takes an item in; its next step is made with everyone's.</summary>
    /// <param name="message">The item.</param>
    /// <returns>Its work; the grain disposes it.</returns>
    /// <exception cref="ArgumentException">The item is wrong, and would be on any silo.</exception>
    IStageTask Start(StageMessage message);

    /// <summary>Makes one step of some items.</summary>
    /// <param name="tasks">What <see cref="Start"/> gave; none finished.</param>
    void Step(IReadOnlyList<IStageTask> tasks);

    /// <summary>Does what is left when an item's steps are made: stores what is to be stored.</summary>
    /// <param name="task">The item's work, finished.</param>
    /// <param name="timings">What the stages took, this one included.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    ValueTask<StageResult> CompleteAsync(IStageTask task, IReadOnlyList<StageTiming> timings, CancellationToken cancellation);
}

/// <summary>An item in a stage's hands.</summary>
public interface IStageTask : IDisposable
{
    /// <summary>The item as it stands: what it came with, and between two steps where decoding goes on.</summary>
    StageMessage Message { get; }

    /// <summary>Steps made.</summary>
    int Step { get; }

    /// <summary>Steps to make.</summary>
    int Steps { get; }

    /// <summary>The grid as it is, for those who watch; null where there is none.</summary>
    ushort[]? Grid { get; }
}

/// <summary>What comes after a stage: the next stage, or the item's end.</summary>
/// <param name="Next">The next stage; null at the item's end.</param>
/// <param name="Message">What goes there.</param>
/// <param name="Outcome">The item's end; null where there is a next stage.</param>
public sealed record StageResult(Stage? Next, StageMessage? Message, Outcome? Outcome)
{
    /// <summary>The item goes on.</summary>
    /// <param name="next">Where.</param>
    /// <param name="message">What goes there.</param>
    public static StageResult To(Stage next, StageMessage message) => new(next, message, null);

    /// <summary>The item has come to its end.</summary>
    /// <param name="outcome">What became of it.</param>
    public static StageResult End(Outcome outcome) => new(null, null, outcome);
}
