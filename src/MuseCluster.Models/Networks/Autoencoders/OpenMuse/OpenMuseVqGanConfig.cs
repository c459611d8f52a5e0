using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// The configuration of open-muse's <c>VQGANModel</c> (<c>muse/modeling_taming_vqgan.py</c>), under the names of its
/// <c>config.json</c> and with the reference's defaults.
/// </summary>
public sealed record OpenMuseVqGanConfig
{
    private const string Network = "open-muse VQGANModel";

    // The reference has them as constants.
    private const int Groups = 32, LeastAttentions = 2;

    /// <summary><c>resolution</c>: side of the pictures that the model was trained on; tells which levels have attentions.</summary>
    public int Resolution { get; init; } = 256;

    /// <summary><c>num_channels</c>: channels of pictures.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary><c>hidden_channels</c>: multiplied by <see cref="ChannelMult"/>, the channels of the levels.</summary>
    public int HiddenChannels { get; init; } = 128;

    /// <summary><c>channel_mult</c>: of each level, that of the most pixels first.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 1, 2, 2, 4];

    /// <summary><c>num_res_blocks</c>: residual blocks of a level of the encoder; the decoder's have one more.</summary>
    public int NumResBlocks { get; init; } = 2;

    /// <summary><c>decoder_res_blocks</c>: of each level of the decoder, less one; null for <see cref="NumResBlocks"/>.</summary>
    public IReadOnlyList<int>? DecoderResBlocks { get; init; }

    /// <summary><c>extra_mid_res_blocks</c>: further residual blocks of the decoder's middle.</summary>
    public int ExtraMidResBlocks { get; init; }

    /// <summary><c>decoder_hidden_channels</c>; null for <see cref="HiddenChannels"/>.</summary>
    public int? DecoderHiddenChannels { get; init; }

    /// <summary><c>decoder_channel_mult</c>; null for <see cref="ChannelMult"/>.</summary>
    public IReadOnlyList<int>? DecoderChannelMult { get; init; }

    /// <summary><c>attn_resolutions</c>: sides, at <see cref="Resolution"/>, of the levels that have attentions.</summary>
    public IReadOnlyList<int> AttnResolutions { get; init; } = [16];

    /// <summary><c>no_attn_mid_block</c>: whether the middle has no attention.</summary>
    public bool NoAttnMidBlock { get; init; }

    /// <summary><c>z_channels</c>: channels of what the encoder gives and the decoder takes.</summary>
    public int ZChannels { get; init; } = 256;

    /// <summary><c>num_embeddings</c>: number of codes.</summary>
    public int NumEmbeddings { get; init; } = 1024;

    /// <summary><c>quantized_embed_dim</c>: dimensions of a code.</summary>
    public int QuantizedEmbedDim { get; init; } = 256;

    /// <summary><c>resample_with_conv</c>: whether a convolution halves the resolution and follows its doubling.</summary>
    public bool ResampleWithConv { get; init; } = true;

    internal AutoencoderParts Parts => new() { Names = AutoencoderNames.Taming, NormGroups = Groups, LeastAttentions = LeastAttentions };

    /// <summary>What has to be known of it to decode grids.</summary>
    public PixelDecoderShape Shape => new(NumEmbeddings, 1 << (EncoderPlan.Channels.Count - 1), PixelRange.UnitTruncated);

    internal EncoderPlan EncoderPlan => new()
    {
        Input = NumChannels,
        Width = HiddenChannels,
        Channels = [.. ChannelMult.Select(m => HiddenChannels * m)],
        Blocks = NumResBlocks,
        Attention = Attention.InEncoder,
        MiddleAttention = !NoAttnMidBlock,
        Output = ZChannels,
        Convolutions = ResampleWithConv,
    };

    internal DecoderPlan DecoderPlan => new()
    {
        Input = ZChannels,
        Channels = [.. DecoderMult.Select(m => DecoderChannels * m)],
        Blocks = level => (DecoderResBlocks is not { } blocks ? NumResBlocks : blocks.Count == 1 ? blocks[0] : blocks[level]) + 1,
        Attention = Attention.InDecoder,
        MiddleAttention = !NoAttnMidBlock,
        ExtraMiddleBlocks = ExtraMidResBlocks,
        Output = NumChannels,
        Convolutions = ResampleWithConv,
    };

    private AttentionResolutions Attention => new(Resolution, ChannelMult.Count, AttnResolutions);

    private int DecoderChannels => DecoderHiddenChannels ?? HiddenChannels;

    private IReadOnlyList<int> DecoderMult => DecoderChannelMult ?? ChannelMult;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OpenMuseVqGanConfig Read(string path) => ConfigFields.Read(path, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Reads a configuration that is part of another file.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not such a network; lists every field that is wrong.</exception>
    public static OpenMuseVqGanConfig Read(JsonElement root, string file) => ConfigFields.Read(root, file, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every field that is wrong is named.</exception>
    public void Validate()
    {
        var problems = new ConfigProblems();
        Check(problems);
        problems.Throw(Network);
    }

    private static OpenMuseVqGanConfig Read(ConfigFields fields)
    {
        fields.Only("_class_name", "VQGANModel");
        var defaults = new OpenMuseVqGanConfig();
        return new OpenMuseVqGanConfig
        {
            Resolution = fields.Whole("resolution", defaults.Resolution),
            NumChannels = fields.Whole("num_channels", defaults.NumChannels),
            HiddenChannels = fields.Whole("hidden_channels", defaults.HiddenChannels),
            ChannelMult = fields.WholeList("channel_mult") ?? defaults.ChannelMult,
            NumResBlocks = fields.Whole("num_res_blocks", defaults.NumResBlocks),
            DecoderResBlocks = fields.WholeList("decoder_res_blocks"),
            ExtraMidResBlocks = fields.Whole("extra_mid_res_blocks", 0),
            DecoderHiddenChannels = fields.OptionalWhole("decoder_hidden_channels"),
            DecoderChannelMult = fields.WholeList("decoder_channel_mult"),
            AttnResolutions = fields.WholeList("attn_resolutions") ?? defaults.AttnResolutions,
            NoAttnMidBlock = fields.Flag("no_attn_mid_block", false),
            ZChannels = fields.Whole("z_channels", defaults.ZChannels),
            NumEmbeddings = fields.Whole("num_embeddings", defaults.NumEmbeddings),
            QuantizedEmbedDim = fields.Whole("quantized_embed_dim", defaults.QuantizedEmbedDim),
            ResampleWithConv = fields.Flag("resample_with_conv", true),
        };
    }

    private void Check(ConfigProblems problems)
    {
        problems.Range("resolution", Resolution, 1, 1 << 16);
        problems.Channels("num_channels", NumChannels);
        problems.Channels("z_channels", ZChannels);
        problems.Channels("quantized_embed_dim", QuantizedEmbedDim);
        problems.Range("num_embeddings", NumEmbeddings, 2, 65535);
        problems.Blocks("num_res_blocks", NumResBlocks);
        problems.Blocks("extra_mid_res_blocks", ExtraMidResBlocks, least: 0);
        problems.Groups("hidden_channels", [HiddenChannels], Groups);
        problems.Groups("decoder_hidden_channels", [DecoderChannels], Groups);
        problems.Levels("channel_mult", ChannelMult.Count);
        problems.Groups("channel_mult", ChannelMult.Select(m => (long)HiddenChannels * m), Groups, "hidden_channels");
        problems.Groups("decoder_channel_mult", DecoderMult.Select(m => (long)DecoderChannels * m), Groups, DecoderHiddenChannels is null ? "hidden_channels" : "decoder_hidden_channels");
        if (DecoderMult.Count != ChannelMult.Count)
            problems.Add("decoder_channel_mult", $"decoder_channel_mult has {DecoderMult.Count} elements and channel_mult {ChannelMult.Count}; they must agree");
        if (DecoderResBlocks is not { } blocks) return;
        if (blocks.Count != 1 && blocks.Count != ChannelMult.Count)
            problems.Add("decoder_res_blocks", $"decoder_res_blocks has {blocks.Count} elements and channel_mult {ChannelMult.Count}; they must agree");
        foreach (int count in blocks) problems.Blocks("decoder_res_blocks", count, least: 0);
    }
}
