using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>Loads autoencoders for inference.</summary>
internal static class AutoencoderCheckpoint
{
    /// <summary>Fills a new network from a checkpoint; disposes it where that fails.</summary>
    /// <param name="network">The network.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <param name="ignore">Names of tensors that may be there unused.</param>
    /// <param name="stored">The name in the checkpoint of a tensor of the network, where it differs.</param>
    /// <returns><paramref name="network"/>: in evaluation, asking for no gradients.</returns>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; all are named.</exception>
    public static T Load<T>(T network, Checkpoint checkpoint, Device? device, ScalarType dtype, Func<string, bool>? ignore = null, Func<string, string>? stored = null)
        where T : nn.Module
    {
        try
        {
            ArgumentNullException.ThrowIfNull(checkpoint);
            network.requires_grad_(false);
            if (device is not null) network.move_to(device);
            CheckpointTensors.LoadInto(network, checkpoint, dtype: dtype, ignore: ignore, stored: stored);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
