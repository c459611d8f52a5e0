using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.Diffusers;

/// <summary>The configuration of diffusers' <c>AutoencoderKL</c> (<c>models/autoencoders/autoencoder_kl.py</c>).</summary>
public sealed record AutoencoderKlConfig : DiffusersAutoencoderConfig
{
    private const string Network = "diffusers AutoencoderKL";

    /// <summary><c>use_quant_conv</c>: whether a 1x1 convolution follows the encoder.</summary>
    public bool UseQuantConv { get; init; } = true;

    /// <summary><c>use_post_quant_conv</c>: whether a 1x1 convolution precedes the decoder.</summary>
    public bool UsePostQuantConv { get; init; } = true;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AutoencoderKlConfig Read(string path) => ConfigFields.Read(path, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every field that is wrong is named.</exception>
    public void Validate()
    {
        var problems = new ConfigProblems();
        Check(problems);
        problems.Throw(Network);
    }

    private static AutoencoderKlConfig Read(ConfigFields fields) => new AutoencoderKlConfig().Read<AutoencoderKlConfig>(fields, "AutoencoderKL") with
    {
        UseQuantConv = fields.Flag("use_quant_conv", true),
        UsePostQuantConv = fields.Flag("use_post_quant_conv", true),
    };
}
