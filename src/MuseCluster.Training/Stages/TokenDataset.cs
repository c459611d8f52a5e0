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
    // Small enough that the distances to every code stay in the cache.
    private const int Batch = 4;
    private readonly ushort[] _low, _recolored, _high;

    private TokenDataset(int count, ushort[] low, ushort[] recolored, ushort[] high) => (Count, _low, _recolored, _high) = (count, low, recolored, high);

    /// <summary>Number of scenes.</summary>
    public int Count { get; }

    /// <summary>The base model's grid of a scene.</summary>
    /// <param name="scene">Its index.</param>
    public ReadOnlySpan<ushort> Low(int scene) => Row(_low, scene);

    /// <summary>The base model's grid of a scene whose objects have other colours.</summary>
    /// <param name="scene">Its index.</param>
    public ReadOnlySpan<ushort> Recolored(int scene) => Row(_recolored, scene);

    /// <summary>The super-resolution model's grid of a scene.</summary>
    /// <param name="scene">Its index.</param>
    public ReadOnlySpan<ushort> High(int scene) => Row(_high, scene);

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
        var grids = new (string Name, VqGan Network, Func<Scene, int, Scene> Shown, byte[] Codes)[]
        {
            ("low", low, (scene, _) => scene, Room(low)), ("recolored", low, Recolor, Room(low)), ("high", high, (scene, _) => scene, Room(high)),
        };
        for (var first = 0; first < count; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var size = Math.Min(Batch, count - first);
            var scenes = SceneBatches.Sample(sampler, (ulong)first, size);
            foreach (var (_, network, shown, codes) in grids)
                SceneBatches.Encode(network, [.. scenes.Select((scene, i) => shown(scene, first + i))], device).CopyTo(MemoryMarshal.Cast<byte, ushort>(codes.AsSpan())[(first * Square(network.Config.GridSize))..]);
            progress?.Report(first + size);
        }
        SafetensorsWriter.Write(path, grids.Select(g => TensorSource.FromBytes(g.Name, TensorDType.U8, [count, g.Codes.Length / count], g.Codes)));

        byte[] Room(VqGan network) => new byte[count * sizeof(ushort) * Square(network.Config.GridSize)];
    }

    /// <summary>Reads the grids.</summary>
    /// <param name="path">What <see cref="Create"/> wrote.</param>
    /// <returns>The grids, in memory.</returns>
    public static TokenDataset Load(string path)
    {
        using var file = Checkpoint.Open(path);
        return new TokenDataset((int)file["low"].Shape[0], Codes("low"), Codes("recolored"), Codes("high"));

        ushort[] Codes(string name) => MemoryMarshal.Cast<byte, ushort>(file[name].Bytes).ToArray();
    }

    private static Scene Recolor(Scene scene, int index)
    {
        var random = new SceneRandom(0, (ulong)index);
        return scene.Recolor(ref random);
    }

    private ReadOnlySpan<ushort> Row(ushort[] grids, int scene) => grids.AsSpan(scene * (grids.Length / Count), grids.Length / Count);

    private static int Square(int side) => side * side;
}
