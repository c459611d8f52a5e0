using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// MaskGIT's tokenizer (arXiv 2202.04200) as open-muse has it (<c>muse/modeling_maskgit_vqgan.py</c>): a VQGAN without attention,
/// with few biases and with averages for downsampling. Pixels lie in [0, 1].
/// </summary>
public sealed class MaskGitVqGan : ConvolutionalVqAutoencoder
{
    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">It cannot be built; names the fields.</exception>
    public MaskGitVqGan(MaskGitVqGanConfig config)
        : base(
            nameof(MaskGitVqGan), Valid(config).Shape, MaskGitVqGanConfig.Parts, config.EncoderPlan, config.DecoderPlan, config.QuantizedEmbedDim, projected: false) =>
        Config = config;

    /// <summary>Its shape.</summary>
    public MaskGitVqGanConfig Config { get; }

    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where they go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; lists all.</exception>
    /// <exception cref="ConfigException">The network cannot be built; names the fields.</exception>
    public static MaskGitVqGan Load(MaskGitVqGanConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new MaskGitVqGan(config), checkpoint, device, dtype);

    private static MaskGitVqGanConfig Valid(MaskGitVqGanConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config;
    }
}
