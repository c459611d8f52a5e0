namespace MuseCluster.Torch;

/// <summary>Moves and converts modules, each returned as the type it has.</summary>
public static class ModuleExtensions
{
    /// <summary>Moves the parameters and buffers to a device.</summary>
    /// <typeparam name="T">The type of the module.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="device">The device.</param>
    /// <returns><paramref name="module"/>.</returns>
    public static T to<T>(this T module, torch.Device device)
        where T : torch.nn.Module
    {
        module.move_to(device);
        return module;
    }

    /// <summary>Converts floating-point parameters and buffers to an element type.</summary>
    /// <typeparam name="T">The type of the module.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="type">The element type.</param>
    /// <returns><paramref name="module"/>.</returns>
    public static T to<T>(this T module, torch.ScalarType type)
        where T : torch.nn.Module
    {
        module.convert_to(type);
        return module;
    }

    /// <summary>Converts, then moves.</summary>
    /// <typeparam name="T">The type of the module.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="device">The device.</param>
    /// <param name="type">The element type.</param>
    /// <returns><paramref name="module"/>.</returns>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type)
        where T : torch.nn.Module => module.to(type).to(device);

    /// <summary>Moves the parameters and buffers to a device.</summary>
    /// <typeparam name="T">The type of the module.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="deviceType">The kind of device.</param>
    /// <param name="deviceIndex">Its index; -1 for the current one.</param>
    /// <returns><paramref name="module"/>.</returns>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1)
        where T : torch.nn.Module => module.to(new torch.Device(deviceType, deviceIndex));

    /// <summary>Moves the parameters and buffers to the CPU.</summary>
    /// <typeparam name="T">The type of the module.</typeparam>
    /// <param name="module">The module.</param>
    /// <returns><paramref name="module"/>.</returns>
    public static T cpu<T>(this T module)
        where T : torch.nn.Module => module.to(torch.CPU);

    /// <summary>Moves the parameters and buffers to a CUDA device.</summary>
    /// <typeparam name="T">The type of the module.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="deviceIndex">Its index; -1 for the current one.</param>
    /// <returns><paramref name="module"/>.</returns>
    public static T cuda<T>(this T module, int deviceIndex = -1)
        where T : torch.nn.Module => module.to(new torch.Device(DeviceType.CUDA, deviceIndex));
}
