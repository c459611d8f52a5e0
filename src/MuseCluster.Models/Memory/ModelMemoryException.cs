namespace MuseCluster.Models.Memory;

/// <summary>A device has less memory free than a model's networks take.</summary>
/// <param name="model">The model's name.</param>
/// <param name="stages">The stages that were to be loaded.</param>
/// <param name="needed">Bytes that they take.</param>
/// <param name="free">Bytes that the device has free.</param>
/// <param name="device">The device.</param>
public sealed class ModelMemoryException(string model, IReadOnlyList<string> stages, long needed, long free, string device) : Exception(
    $"the model {model} ({string.Join(", ", stages)}) needs {ModelMemory.Gigabytes(needed)} on {device}, which has {ModelMemory.Gigabytes(free)} free; take fewer stages or a machine with more")
{
    /// <summary>Bytes that the networks take.</summary>
    public long Needed => needed;

    /// <summary>Bytes that the device has free.</summary>
    public long Free => free;
}
