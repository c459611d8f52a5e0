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
        ArgumentNullException.ThrowIfNull(checkpoint);
        var model = new UVit2DModel(config);
        try
        {
            if (config.Source == UVit2DSource.Diffusers) CheckpointTensors.LoadInto(model, checkpoint, dtype: dtype);
            else LoadOpenMuse(model, checkpoint, dtype);
            return device is null ? model : model.to(device);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void LoadOpenMuse(UVit2DModel model, Checkpoint checkpoint, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        var own = model.state_dict();
        TensorRequirement.Check(checkpoint, own.SelectMany(o =>
        {
            string[] names = OpenMuseNames.Of(o.Key);
            long[] shape = o.Value.shape;
            shape[0] /= names.Length;
            return names.Select(name => new TensorRequirement(name, shape));
        }));
        model.adopt_state_dict(own.Keys.ToDictionary(name => name, name =>
        {
            Tensor[] parts = [.. OpenMuseNames.Of(name).Select(n => checkpoint[n].ToTensor().to(dtype))];
            return parts.Length == 1 ? parts[0] : cat(parts);
        }));
    }
}
