namespace MuseCluster.Torch;

public static partial class torch
{
    [ThreadStatic]
    private static Device? _default;

    /// <summary>The device of tensors and layers that are made on this thread without one: the CPU unless it was set.</summary>
    public static Device get_default_device() => _default ?? CPU;

    /// <summary>
    /// Sets the device of tensors and layers that are made on this thread without one. With <see cref="META"/>, a network of any
    /// size is made in no time and no memory, to be filled by <see cref="nn.Module.adopt_state_dict"/>.
    /// </summary>
    /// <param name="device">The device.</param>
    public static void set_default_device(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _default = device.type == DeviceType.CPU ? null : device;
    }
}
