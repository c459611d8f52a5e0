using System.Diagnostics;
using MuseCluster.Models.Networks;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Pictures;

/// <summary>
/// A network that adds up the time in which at least one of its passes runs, so that a decoder's own share can be told from it.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="device">Where it runs.</param>
internal sealed class TimedTransformer(IMaskedTransformer network, Device device) : IMaskedTransformer
{
    private readonly Lock _lock = new();
    private int _running;
    private long _started;

    /// <inheritdoc/>
    public MaskedTransformerShape Shape => network.Shape;

    /// <summary>The network.</summary>
    internal IMaskedTransformer Network => network;

    /// <summary>Seconds spent in passes since the last <see cref="Reset"/>.</summary>
    public double Seconds { get; private set; }

    /// <summary>Starts again from zero.</summary>
    public void Reset() => Seconds = 0;

    /// <inheritdoc/>
    public Conditioning Condition(ConditioningInput input) => network.Condition(input);

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        Timing.Wait(device);
        lock (_lock)
            if (_running++ == 0)
                _started = Stopwatch.GetTimestamp();
        try
        {
            var logits = network.Logits(tokens, layout, conditioning, rows);
            Timing.Wait(device);
            return logits;
        }
        finally
        {
            lock (_lock)
                if (--_running == 0)
                    Seconds += Stopwatch.GetElapsedTime(_started).TotalSeconds;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
