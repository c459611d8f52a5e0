using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>Loads <see cref="UVit2DModel"/> from the checkpoints of diffusers and of open-muse.</summary>
public static class UVit2DCheckpoint
{
    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">The network; its <see cref="UVit2DConfig.Source"/> says whose names the checkpoint has.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">Their type: float32 or bfloat16.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or of the wrong shape; lists all.</exception>
    /// <exception cref="ConfigException">The config is not valid.</exception>
    public static UVit2DModel Load(UVit2DConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        return CheckpointTensors.Load(
            () => new UVit2DModel(config), checkpoint, device, dtype, stored: config.Source == UVit2DSource.Diffusers ? null : OpenMuseNames.Of);
    }
}
