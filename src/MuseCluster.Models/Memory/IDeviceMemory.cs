using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Memory;

/// <summary>Says how much memory devices have.</summary>
public interface IDeviceMemory
{
    /// <summary>Bytes that can be taken on a device now.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The bytes; null where nobody says.</returns>
    long? Free(Device device);
}
