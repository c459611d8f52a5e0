using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.Diffusers;

/// <summary>
/// diffusers' <c>VQModel</c> (<c>models/vq_model.py</c>), the autoencoder of aMUSEd (arXiv 2401.01808), whose pixels lie in
/// [0, 1]. Its parameters have the reference's names.
/// </summary>
public sealed class DiffusersVqModel : ConvolutionalVqAutoencoder
{
    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">It cannot be built; names the fields.</exception>
    public DiffusersVqModel(DiffusersVqConfig config)
        : base(
            nameof(DiffusersVqModel), Valid(config).Shape, config.Parts, config.EncoderPlan(config.LatentChannels), config.DecoderPlan, config.CodeSize) =>
        Config = config;

    /// <summary>Its shape.</summary>
    public DiffusersVqConfig Config { get; }

    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where they go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; lists all.</exception>
    /// <exception cref="ConfigException">The network cannot be built; names the fields.</exception>
    public static DiffusersVqModel Load(DiffusersVqConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new DiffusersVqModel(config), checkpoint, device, dtype, stored: name => DeprecatedNames.Stored(checkpoint, name));

    private static DiffusersVqConfig Valid(DiffusersVqConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config;
    }
}
