using System.Globalization;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Memory;

/// <summary>What networks take of a device's memory.</summary>
public static class ModelMemory
{
    // What passes compute with; a guess that holds for pictures of the model's own size.
    private const long FixedAllowance = 64 << 20;
    private const int AllowanceShare = 8;

    /// <summary>Bytes that networks take when they run: their numbers in 32 bits, an eighth of that, and 64 MiB.</summary>
    /// <param name="weights">What each takes.</param>
    public static long Needed(IReadOnlyList<StageWeights> weights)
    {
        long loaded = weights.Sum(w => w.LoadedBytes);
        return loaded == 0 ? 0 : loaded + (loaded / AllowanceShare) + FixedAllowance;
    }

    /// <summary>A number of bytes in gigabytes, as messages have it: <c>9.7 GB</c>.</summary>
    /// <param name="bytes">The bytes.</param>
    public static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes >= 1_000_000_000 ? Math.Round(bytes / 1e9, 1) : Math.Round(bytes / 1e9, 2)):0.0#} GB");

    /// <summary>Refuses networks that a device has no memory for.</summary>
    internal static void Check(ModelManifest manifest, IReadOnlyList<StageWeights> weights, Device device, IDeviceMemory memory)
    {
        long needed = Needed(weights);
        if (needed > 0 && memory.Free(device) is { } free && needed > free)
            throw new ModelMemoryException(manifest.Name, [.. weights.Select(w => w.Stage)], needed, free, device.ToString());
    }
}
