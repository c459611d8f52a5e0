using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// open-muse's <c>VQGANModel</c> (<c>muse/modeling_taming_vqgan.py</c>): taming's VQGAN under the same parameter names, with
/// pixels in [0, 1]. A level with one attention does not use it, as in the reference.
/// </summary>
public sealed class OpenMuseVqGan : ConvolutionalVqAutoencoder
{
    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">It cannot be built; names the fields.</exception>
    public OpenMuseVqGan(OpenMuseVqGanConfig config)
        : base(nameof(OpenMuseVqGan), Valid(config).Shape, config.Parts, config.EncoderPlan, config.DecoderPlan, config.QuantizedEmbedDim) =>
        Config = config;

    /// <summary>Its shape.</summary>
    public OpenMuseVqGanConfig Config { get; }

    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where they go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; lists all.</exception>
    /// <exception cref="ConfigException">The network cannot be built; names the fields.</exception>
    public static OpenMuseVqGan Load(OpenMuseVqGanConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new OpenMuseVqGan(config), checkpoint, device, dtype);

    private static OpenMuseVqGanConfig Valid(OpenMuseVqGanConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config;
    }
}
