using System.Runtime.InteropServices;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// The token grids of many scenes at both resolutions, made once with the frozen VQGANs, since the transformers see each
/// scene several times under different masks. Captions are drawn again from the sampler, which is cheap.
/// </summary>
public sealed class TokenDataset
{
    private const int Batch = 32;
    private readonly ushort[] _low, _high;

    private TokenDataset(int count, ushort[] low, ushort[] high)
    {
        (Count, _low, _high) = (count, low, high);
    }

    /// <summary>Number of scenes.</summary>
    public int Count { get; }

    /// <summary>The base model's grid of a scene.</summary>
    /// <param name="scene">Its index.</param>
    public ReadOnlySpan<ushort> Low(int scene) => _low.AsSpan(scene * (_low.Length / Count), _low.Length / Count);

    /// <summary>The super-resolution model's grid of a scene.</summary>
    /// <param name="scene">Its index.</param>
    public ReadOnlySpan<ushort> High(int scene) => _high.AsSpan(scene * (_high.Length / Count), _high.Length / Count);

    /// <summary>Makes the grids and writes them to a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampler">Which scenes.</param>
    /// <param name="count">How many.</param>
    /// <param name="low">Makes the base model's tokens.</param>
    /// <param name="high">Makes the super-resolution model's tokens.</param>
    /// <param name="device">Where both networks are.</param>
    /// <param name="progress">Told the scenes made.</param>
    /// <param name="cancellation">Stops; nothing is written.</param>
    public static void Create(string path, SceneSampler sampler, int count, VqGan low, VqGan high, Device device, IProgress<int>? progress, CancellationToken cancellation)
    {
        using var guard = inference_mode();
        var grids = (Low: new byte[count * 2 * Square(low.Config.GridSize)], High: new byte[count * 2 * Square(high.Config.GridSize)]);
        var (lowScenes, highScenes) = (new SceneBatches(sampler, low.Config.Resolution, device), new SceneBatches(sampler, high.Config.Resolution, device));
        for (var first = 0; first < count; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var size = Math.Min(Batch, count - first);
            Encode(low, lowScenes, first, size, MemoryMarshal.Cast<byte, ushort>(grids.Low.AsSpan()));
            Encode(high, highScenes, first, size, MemoryMarshal.Cast<byte, ushort>(grids.High.AsSpan()));
            progress?.Report(first + size);
        }
        SafetensorsWriter.Write(path, [
            TensorSource.FromBytes("low", TensorDType.U8, [count, grids.Low.Length / count], grids.Low),
            TensorSource.FromBytes("high", TensorDType.U8, [count, grids.High.Length / count], grids.High),
        ]);
    }

    /// <summary>Reads the grids.</summary>
    /// <param name="path">What <see cref="Create"/> wrote.</param>
    /// <returns>The grids, in memory.</returns>
    public static TokenDataset Load(string path)
    {
        using var file = Checkpoint.Open(path);
        var (low, high) = (file["low"], file["high"]);
        return new TokenDataset(
            (int)low.Shape[0], MemoryMarshal.Cast<byte, ushort>(low.Bytes).ToArray(), MemoryMarshal.Cast<byte, ushort>(high.Bytes).ToArray());
    }

    private static void Encode(VqGan network, SceneBatches scenes, int first, int count, Span<ushort> grids)
    {
        using var scope = NewDisposeScope();
        var indices = network.Encode(scenes.Render((ulong)first, count)).cpu().contiguous().data<long>();
        var at = first * Square(network.Config.GridSize);
        for (var i = 0; i < indices.Length; i++)
            grids[at + i] = (ushort)indices[i];
    }

    private static int Square(int side) => side * side;
}
