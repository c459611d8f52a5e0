using System.Globalization;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Memory;

/// <summary>
/// What the system says: for the processor the least of Linux's <c>MemAvailable</c> and what the control group leaves (null on
/// other systems), for a GPU what its driver says.
/// </summary>
/// <param name="root">Where <c>/proc</c> and <c>/sys</c> are.</param>
public sealed class SystemMemory(string root = "/") : IDeviceMemory
{
    /// <summary>This machine.</summary>
    public static SystemMemory Default { get; } = new();

    /// <inheritdoc/>
    public long? Free(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.type switch
        {
            DeviceType.CPU => Least(Available(), new ControlGroup(root).Free()),
            DeviceType.CUDA => cuda.mem_get_info(Math.Max(0, device.index)).free,
            _ => null,
        };
    }

    private static long? Least(long? a, long? b) => a is { } x && b is { } y ? Math.Min(x, y) : a ?? b;

    private long? Available()
    {
        string file = Path.Combine(root, "proc/meminfo");
        if (!File.Exists(file))
            return null;
        foreach (string line in File.ReadLines(file))
            if (line.Split((char[])[' ', ':'], StringSplitOptions.RemoveEmptyEntries) is ["MemAvailable", var kibibytes, ..]
                && long.TryParse(kibibytes, CultureInfo.InvariantCulture, out long number))
                return number << 10;
        return null;
    }
}
