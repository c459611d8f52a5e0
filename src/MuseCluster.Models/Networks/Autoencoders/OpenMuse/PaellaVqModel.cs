using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// Paella's tokenizer (arXiv 2211.07292) as open-muse has it (<c>muse/modeling_paella_vq.py</c>), whose pixels lie in [0, 1].
/// <see cref="VqAutoencoder.Lookup"/> and <see cref="VqAutoencoder.DecodeCodes"/> deal in the codebook's own codes; the
/// reference's <c>encode</c> and <c>decode</c> in codes divided by <c>scale_factor</c>: <see cref="Scale"/> and
/// <see cref="DecodeScaled"/>.
/// </summary>
public sealed class PaellaVqModel : VqAutoencoder
{
    private const int Patch = 2, PatchChannels = 3 * Patch * Patch;
    private readonly Chain input = new(), down = new(), up = new(), output = new();

    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">It cannot be built; names the fields.</exception>
    public PaellaVqModel(PaellaVqConfig config)
        : base(nameof(PaellaVqModel), channels: 3, Valid(config).Shape)
    {
        Config = config;
        int[] channels = config.Channels;
        input.Add("", nn.PixelUnshuffle(Patch));
        input.Add("1", nn.Conv2d(PatchChannels, channels[0], 1));
        BuildDown(channels);
        Codes = new EmbeddingCodebook("codebook", config.CodebookSize, config.CLatent);
        BuildUp(channels);
        output.Add("0", nn.Conv2d(channels[0], PatchChannels, 1));
        output.Add("", nn.PixelShuffle(Patch));
        register_module("in_block", input);
        register_module("down_blocks", down);
        register_module("vquantizer", Codes);
        register_module("up_blocks", up);
        register_module("out_block", output);
    }

    /// <summary>Its shape.</summary>
    public PaellaVqConfig Config { get; }

    /// <inheritdoc/>
    public override EmbeddingCodebook Codes { get; }

    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where they go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; lists all.</exception>
    /// <exception cref="ConfigException">The network cannot be built; names the fields.</exception>
    public static PaellaVqModel Load(PaellaVqConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new PaellaVqModel(config), checkpoint, device, dtype);

    /// <summary>Codes as the reference's <c>encode</c> gives them: divided by <c>scale_factor</c>.</summary>
    /// <param name="codes">[N, c_latent, h, w], as <see cref="VqAutoencoder.Lookup"/> gives them.</param>
    /// <returns>[N, c_latent, h, w].</returns>
    public Tensor Scale(Tensor codes) => codes.div(Config.ScaleFactor);

    /// <summary>Pictures of codes as the reference's <c>decode</c> takes them.</summary>
    /// <param name="scaled">[N, c_latent, h, w], as <see cref="Scale"/> gives them.</param>
    /// <returns>[N, 3, h Factor, w Factor].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor DecodeScaled(Tensor scaled)
    {
        ArgumentNullException.ThrowIfNull(scaled);
        using Tensor codes = scaled.mul(Config.ScaleFactor);
        return DecodeCodes(codes);
    }

    private protected override Tensor ToLatents(Tensor pixels) => down.forward(input.forward(pixels));

    private protected override Tensor ToPixels(Tensor codes) => output.forward(up.forward(codes));

    private void BuildDown(int[] channels)
    {
        for (int level = 0; level < channels.Length; level++)
        {
            if (level > 0) Append(down, nn.Conv2d(channels[level - 1], channels[level], 4, stride: 2, padding: 1));
            Append(down, new PaellaBlock(channels[level]));
        }

        Append(down, nn.Sequential(nn.Conv2d(channels[^1], Config.CLatent, 1, bias: false), nn.BatchNorm2d(Config.CLatent)));
    }

    private void BuildUp(int[] channels)
    {
        Append(up, nn.Sequential(nn.Conv2d(Config.CLatent, channels[^1], 1)));
        for (int level = channels.Length - 1; level >= 0; level--)
        {
            int blocks = level == channels.Length - 1 ? Config.BottleneckBlocks : 1;
            for (int i = 0; i < blocks; i++) Append(up, new PaellaBlock(channels[level]));
            if (level > 0) Append(up, nn.ConvTranspose2d(channels[level], channels[level - 1], 4, stride: 2, padding: 1));
        }
    }

    private static void Append(Chain chain, nn.Module<Tensor, Tensor> module) => chain.Add($"{chain.Links.Count}", module);

    private static PaellaVqConfig Valid(PaellaVqConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config;
    }
}
