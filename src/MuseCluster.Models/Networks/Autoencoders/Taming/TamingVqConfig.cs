using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.Taming;

/// <summary>
/// The configuration of taming-transformers' <c>VQModel</c> (<c>taming/models/vqgan.py</c>): <c>model.params</c> of its
/// <c>config.yaml</c>, and <c>ddconfig</c> within, which describes encoder and decoder.
/// </summary>
public sealed record TamingVqConfig
{
    private const string Network = "taming-transformers VQModel";
    private const int MaxFileBytes = 1 << 20;

    // The reference has it as a constant.
    private const int Groups = 32;

    /// <summary><c>n_embed</c>: number of codes.</summary>
    public required int NEmbed { get; init; }

    /// <summary><c>embed_dim</c>: dimensions of a code.</summary>
    public required int EmbedDim { get; init; }

    /// <summary><c>ddconfig.resolution</c>: side of the pictures that the model was trained on; tells which levels have attentions.</summary>
    public required int Resolution { get; init; }

    /// <summary><c>ddconfig.in_channels</c>: channels of the pictures that are encoded.</summary>
    public required int InChannels { get; init; }

    /// <summary><c>ddconfig.out_ch</c>: channels of the pictures that are decoded.</summary>
    public required int OutCh { get; init; }

    /// <summary><c>ddconfig.ch</c>: multiplied by <see cref="ChMult"/>, the channels of the levels.</summary>
    public required int Ch { get; init; }

    /// <summary><c>ddconfig.ch_mult</c>: of each level, that of the most pixels first.</summary>
    public IReadOnlyList<int> ChMult { get; init; } = [1, 2, 4, 8];

    /// <summary><c>ddconfig.num_res_blocks</c>: residual blocks of a level of the encoder; the decoder's have one more.</summary>
    public required int NumResBlocks { get; init; }

    /// <summary><c>ddconfig.attn_resolutions</c>: sides, at <see cref="Resolution"/>, of the levels that have attentions.</summary>
    public IReadOnlyList<int> AttnResolutions { get; init; } = [];

    /// <summary><c>ddconfig.z_channels</c>: channels of what the encoder gives and the decoder takes.</summary>
    public required int ZChannels { get; init; }

    /// <summary><c>ddconfig.attn_type</c>: whether there are attentions at all; latent-diffusion's files may say <c>none</c>, taming's do not say.</summary>
    public bool Attentive { get; init; } = true;

    /// <summary><c>ddconfig.resamp_with_conv</c>: whether a convolution halves the resolution and follows its doubling.</summary>
    public bool ResampWithConv { get; init; } = true;

    internal static AutoencoderParts Parts => new() { Names = AutoencoderNames.Taming, NormGroups = Groups };

    /// <summary>What has to be known of it to decode grids.</summary>
    public PixelDecoderShape Shape => new(NEmbed, 1 << (ChMult.Count - 1), PixelRange.Symmetric);

    internal EncoderPlan EncoderPlan => new()
    {
        Input = InChannels,
        Width = Ch,
        Channels = [.. ChMult.Select(m => Ch * m)],
        Blocks = NumResBlocks,
        Attention = Attention.InEncoder,
        MiddleAttention = Attentive,
        Output = ZChannels,
        Convolutions = ResampWithConv,
    };

    internal DecoderPlan DecoderPlan => new()
    {
        Input = ZChannels,
        Channels = [.. ChMult.Select(m => Ch * m)],
        Blocks = _ => NumResBlocks + 1,
        Attention = Attention.InDecoder,
        MiddleAttention = Attentive,
        Output = OutCh,
        Convolutions = ResampWithConv,
    };

    private AttentionResolutions Attention => new(Resolution, ChMult.Count, Attentive ? AttnResolutions : []);

    /// <summary>Reads a <c>config.yaml</c>, as taming-transformers publishes it, or the same as JSON.</summary>
    /// <param name="path">Path of the file; its name ends in <c>.yaml</c>, <c>.yml</c> or <c>.json</c>.</param>
    /// <exception cref="CheckpointException">It is neither or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TamingVqConfig Read(string path)
    {
        bool yaml = Path.GetExtension(path) is ".yaml" or ".yml";
        using JsonDocument document = yaml ? YamlFile.Read(path, MaxFileBytes) : JsonFile.Read(path, MaxFileBytes);
        return Read(document.RootElement, path);
    }

    /// <summary>Reads a configuration that is part of another file.</summary>
    /// <param name="root">What the YAML file says, as JSON.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not such a network; lists every field that is wrong.</exception>
    public static TamingVqConfig Read(JsonElement root, string file) => ConfigFields.Read(root, file, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every field that is wrong is named.</exception>
    public void Validate()
    {
        var problems = new ConfigProblems();
        Check(problems);
        problems.Throw(Network);
    }

    private static TamingVqConfig Read(ConfigFields root)
    {
        ConfigFields model = root.Object("model");
        // latent-diffusion's are the same network (its ldm/models/autoencoder.py). GumbelVQ and others differ behind the encoder.
        model.Only("target", "taming.models.vqgan.VQModel", "taming.models.vqgan.VQNoDiscModel", "ldm.models.autoencoder.VQModel", "ldm.models.autoencoder.VQModelInterface");
        ConfigFields fields = model.Object("params");
        fields.None("remap");
        ConfigFields network = fields.Object("ddconfig");
        // With double_z the encoder would give twice what quant_conv takes.
        network.OnlyFlag("double_z", built: false, fallback: true);
        network.OnlyFlag("tanh_out", built: false, fallback: false);
        return new TamingVqConfig
        {
            NEmbed = fields.Whole("n_embed"),
            EmbedDim = fields.Whole("embed_dim"),
            Resolution = network.Whole("resolution"),
            InChannels = network.Whole("in_channels"),
            OutCh = network.Whole("out_ch"),
            Ch = network.Whole("ch"),
            ChMult = network.WholeList("ch_mult") ?? [1, 2, 4, 8],
            NumResBlocks = network.Whole("num_res_blocks"),
            AttnResolutions = network.WholeList("attn_resolutions") ?? [],
            ZChannels = network.Whole("z_channels"),
            Attentive = network.Choice("attn_type", ("vanilla", true), ("none", false)),
            ResampWithConv = network.Flag("resamp_with_conv", true),
        };
    }

    private void Check(ConfigProblems problems)
    {
        const string Outer = "model.params.", Inner = Outer + "ddconfig.";
        problems.Range(Outer + "n_embed", NEmbed, 2, 65535);
        problems.Channels(Outer + "embed_dim", EmbedDim);
        problems.Range(Inner + "resolution", Resolution, 1, 1 << 16);
        problems.Channels(Inner + "in_channels", InChannels);
        problems.Channels(Inner + "out_ch", OutCh);
        problems.Channels(Inner + "z_channels", ZChannels);
        problems.Blocks(Inner + "num_res_blocks", NumResBlocks);
        problems.Groups(Inner + "ch", [Ch], Groups);
        problems.Levels(Inner + "ch_mult", ChMult.Count);
        problems.Groups(Inner + "ch_mult", ChMult.Select(m => (long)Ch * m), Groups, Inner + "ch");
    }
}
