using System.Diagnostics;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Pictures;

/// <summary>A network that adds up how long its passes take, so that a decoder's own share can be told from it.</summary>
/// <param name="network">The network.</param>
/// <param name="device">Where it runs.</param>
internal sealed class TimedTransformer(IMaskedTransformer network, Device device) : IMaskedTransformer
{
    /// <inheritdoc/>
    public MuseTransformerConfig Config => network.Config;

    /// <summary>Seconds spent in passes since the last <see cref="Reset"/>.</summary>
    public double Seconds { get; private set; }

    /// <summary>Starts again from zero.</summary>
    public void Reset() => Seconds = 0;

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        Timing.Wait(device);
        var started = Stopwatch.GetTimestamp();
        var logits = network.Logits(tokens, layout, conditioning, rows);
        Timing.Wait(device);
        Seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        return logits;
    }
}
