using MuseCluster.Generation.Pictures;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Runs;

/// <summary>
/// One network in training: what a step's loss is. A step draws everything random from its number and the recipe's seed,
/// so that a run that was killed goes on exactly as it would have.
/// </summary>
public abstract class TrainingStage : IDisposable
{
    /// <summary>The network that learns.</summary>
    public abstract nn.Module Network { get; }

    /// <summary>Tensors beside the network's that a resumed run needs; none by default.</summary>
    public virtual IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>();

    /// <summary>The loss of a step, with its graph.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="metrics">Receives named values to plot beside the loss.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Loss(long step, IDictionary<string, double> metrics);

    /// <summary>Work after the optimiser's step, outside the graph.</summary>
    /// <param name="step">The step that was made.</param>
    public virtual void AfterStep(long step)
    {
    }

    /// <summary>Pictures that show what the network can do now, or null where there is nothing to see.</summary>
    /// <returns>The sheet.</returns>
    public virtual Picture? Draw() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes the network.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        Network.Dispose();
        foreach (var tensor in State.Values)
            tensor.Dispose();
    }
}
