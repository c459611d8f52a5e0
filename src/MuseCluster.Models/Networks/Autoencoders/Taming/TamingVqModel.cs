using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.Taming;

/// <summary>
/// The VQGAN of taming-transformers (<c>taming/models/vqgan.py</c>, arXiv 2012.09841), whose pixels lie in [-1, 1]. Its
/// parameters have the reference's names.
/// </summary>
public sealed class TamingVqModel : ConvolutionalVqAutoencoder
{
    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">It cannot be built; names the fields.</exception>
    public TamingVqModel(TamingVqConfig config)
        : base(nameof(TamingVqModel), Valid(config).Shape, TamingVqConfig.Parts, config.EncoderPlan, config.DecoderPlan, config.EmbedDim) =>
        Config = config;

    /// <summary>Its shape.</summary>
    public TamingVqConfig Config { get; }

    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="checkpoint">
    /// Its weights; may be closed afterwards. What training alone uses may be there unused: the loss with its discriminator, and
    /// <c>colorize</c>.
    /// </param>
    /// <param name="device">Where they go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; lists all.</exception>
    /// <exception cref="ConfigException">The network cannot be built; names the fields.</exception>
    public static TamingVqModel Load(TamingVqConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new TamingVqModel(config), checkpoint, device, dtype, ignore: IsOfTraining);

    private static bool IsOfTraining(string name) => name == "colorize" || name.StartsWith("loss.", StringComparison.Ordinal);

    private static TamingVqConfig Valid(TamingVqConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config;
    }
}
