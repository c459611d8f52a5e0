using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.Diffusers;

/// <summary>
/// diffusers' <c>AutoencoderKL</c> (<c>models/autoencoders/autoencoder_kl.py</c>; arXiv 2112.10752, appendix G): pictures, whose
/// pixels lie in [-1, 1], to a normal distribution of latents, and latents to pictures. Its parameters have the reference's names.
/// </summary>
public sealed class AutoencoderKl : nn.Module
{
    // The reference's bounds of the log variance (DiagonalGaussianDistribution).
    private const double LeastLogVariance = -30, MostLogVariance = 20;
    private readonly Conv2d? quantConv, postQuantConv;

    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">It cannot be built; names the fields.</exception>
    public AutoencoderKl(AutoencoderKlConfig config)
        : base(nameof(AutoencoderKl))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        int latents = config.LatentChannels;
        Encoder = config.EncoderPlan(2 * latents).Build(config.Parts);
        Decoder = config.DecoderPlan.Build(config.Parts);
        register_module("encoder", Encoder);
        register_module("decoder", Decoder);
        if (config.UseQuantConv) register_module("quant_conv", quantConv = nn.Conv2d(2 * latents, 2 * latents, 1));
        if (config.UsePostQuantConv) register_module("post_quant_conv", postQuantConv = nn.Conv2d(latents, latents, 1));
    }

    /// <summary>Its shape.</summary>
    public AutoencoderKlConfig Config { get; }

    /// <summary>Pixels to what <c>quant_conv</c> takes.</summary>
    public Chain Encoder { get; }

    /// <summary>What <c>post_quant_conv</c> gives to pixels.</summary>
    public Chain Decoder { get; }

    /// <summary>Pixels per latent along one side.</summary>
    public int Factor => 1 << (Config.BlockOutChannels.Count - 1);

    /// <summary>Loads a network for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where they go; null for the CPU.</param>
    /// <param name="dtype">What they are converted to.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; lists all.</exception>
    /// <exception cref="ConfigException">The network cannot be built; names the fields.</exception>
    public static AutoencoderKl Load(AutoencoderKlConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new AutoencoderKl(config), checkpoint, device, dtype, stored: name => DeprecatedNames.Stored(checkpoint, name));

    /// <summary>Pictures to the distribution of their latents.</summary>
    /// <param name="pixels">[N, in_channels, H, W]; H and W multiples of <see cref="Factor"/>.</param>
    /// <returns>Mean and log variance, [N, latent_channels, H / Factor, W / Factor] each, before <c>scaling_factor</c>.</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        VqAutoencoder.CheckShape(pixels, Config.InChannels, nameof(pixels));
        using DisposeScope scope = NewDisposeScope();
        Tensor moments = Encoder.forward(pixels);
        if (quantConv is not null) moments = quantConv.forward(moments);
        Tensor[] halves = moments.chunk(2, 1);
        return scope.MoveToOuter(halves[0], halves[1].clamp(LeastLogVariance, MostLogVariance));
    }

    /// <summary>Latents to pictures.</summary>
    /// <param name="latents">[N, latent_channels, h, w], after division by <c>scaling_factor</c>.</param>
    /// <returns>[N, out_channels, h Factor, w Factor], about [-1, 1].</returns>
    /// <exception cref="ArgumentException">The shape is wrong.</exception>
    public Tensor Decode(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        VqAutoencoder.CheckShape(latents, Config.LatentChannels, nameof(latents));
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(Decoder.forward(postQuantConv is null ? latents : postQuantConv.forward(latents)));
    }
}
