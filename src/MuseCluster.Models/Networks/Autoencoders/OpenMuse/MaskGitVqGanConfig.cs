using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// The configuration of open-muse's <c>MaskGitVQGAN</c> (<c>muse/modeling_maskgit_vqgan.py</c>), under the names of its
/// <c>config.json</c> and with the reference's defaults. Fields for attention are there in files and do nothing.
/// </summary>
public sealed record MaskGitVqGanConfig
{
    private const string Network = "open-muse MaskGitVQGAN";

    // The reference has it as a constant.
    private const int Groups = 32;

    /// <summary><c>num_channels</c>: channels of pictures.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary><c>hidden_channels</c>: multiplied by <see cref="ChannelMult"/>, the channels of the levels.</summary>
    public int HiddenChannels { get; init; } = 128;

    /// <summary><c>channel_mult</c>: of each level, that of the most pixels first.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 1, 2, 2, 4];

    /// <summary><c>num_res_blocks</c>: residual blocks of every level and of the middle.</summary>
    public int NumResBlocks { get; init; } = 2;

    /// <summary><c>z_channels</c>: channels of latents.</summary>
    public int ZChannels { get; init; } = 256;

    /// <summary><c>num_embeddings</c>: number of codes.</summary>
    public int NumEmbeddings { get; init; } = 1024;

    /// <summary><c>quantized_embed_dim</c>: dimensions of a code; latents are compared with codes as they are, so it is <see cref="ZChannels"/>.</summary>
    public int QuantizedEmbedDim { get; init; } = 256;

    internal static AutoencoderParts Parts => new() { Names = AutoencoderNames.MaskGit, NormGroups = Groups, BlockBias = false, ShortcutOfResult = true };

    /// <summary>What has to be known of it to decode grids.</summary>
    public PixelDecoderShape Shape => new(NumEmbeddings, 1 << (EncoderPlan.Channels.Count - 1), PixelRange.UnitTruncated);

    internal EncoderPlan EncoderPlan => new()
    {
        Input = NumChannels,
        Width = HiddenChannels,
        Channels = [.. Levels],
        Blocks = NumResBlocks,
        Attention = _ => false,
        MiddleBlocks = NumResBlocks,
        MiddleAttention = false,
        Output = ZChannels,
        OutputKernel = 1,
        InputBias = false,
        Convolutions = false,
    };

    internal DecoderPlan DecoderPlan => new()
    {
        Input = ZChannels,
        Channels = [.. Levels],
        Blocks = _ => NumResBlocks,
        Attention = _ => false,
        MiddleBlocks = NumResBlocks,
        MiddleAttention = false,
        Output = NumChannels,
    };

    private IEnumerable<int> Levels => ChannelMult.Select(m => HiddenChannels * m);

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MaskGitVqGanConfig Read(string path) => ConfigFields.Read(path, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Reads a configuration that is part of another file.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not such a network; lists every field that is wrong.</exception>
    public static MaskGitVqGanConfig Read(JsonElement root, string file) => ConfigFields.Read(root, file, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every field that is wrong is named.</exception>
    public void Validate()
    {
        var problems = new ConfigProblems();
        Check(problems);
        problems.Throw(Network);
    }

    private static MaskGitVqGanConfig Read(ConfigFields fields)
    {
        fields.Only("_class_name", "MaskGitVQGAN");
        var defaults = new MaskGitVqGanConfig();
        return new MaskGitVqGanConfig
        {
            NumChannels = fields.Whole("num_channels", defaults.NumChannels),
            HiddenChannels = fields.Whole("hidden_channels", defaults.HiddenChannels),
            ChannelMult = fields.WholeList("channel_mult") ?? defaults.ChannelMult,
            NumResBlocks = fields.Whole("num_res_blocks", defaults.NumResBlocks),
            ZChannels = fields.Whole("z_channels", defaults.ZChannels),
            NumEmbeddings = fields.Whole("num_embeddings", defaults.NumEmbeddings),
            QuantizedEmbedDim = fields.Whole("quantized_embed_dim", defaults.QuantizedEmbedDim),
        };
    }

    private void Check(ConfigProblems problems)
    {
        problems.Channels("num_channels", NumChannels);
        problems.Channels("z_channels", ZChannels);
        problems.Range("num_embeddings", NumEmbeddings, 2, 65535);
        problems.Blocks("num_res_blocks", NumResBlocks);
        problems.Groups("hidden_channels", [HiddenChannels], Groups);
        problems.Levels("channel_mult", ChannelMult.Count);
        problems.Groups("channel_mult", ChannelMult.Select(m => (long)HiddenChannels * m), Groups, "hidden_channels");
        if (QuantizedEmbedDim != ZChannels)
            problems.Add("quantized_embed_dim", $"quantized_embed_dim is {QuantizedEmbedDim} and z_channels {ZChannels}; they must agree");
    }
}
