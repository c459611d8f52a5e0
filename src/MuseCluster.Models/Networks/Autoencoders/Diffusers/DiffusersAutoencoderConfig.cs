namespace MuseCluster.Models.Networks.Autoencoders.Diffusers;

/// <summary>
/// What the configurations of diffusers' convolutional autoencoders have in common (<c>models/autoencoders/vae.py</c>), under the
/// names of <c>config.json</c> and with the reference's defaults.
/// </summary>
public abstract record DiffusersAutoencoderConfig
{
    private const string Plain = "DownEncoderBlock2D", Attentive = "AttnDownEncoderBlock2D", PlainUp = "UpDecoderBlock2D", AttentiveUp = "AttnUpDecoderBlock2D";

    /// <summary><c>in_channels</c>: channels of the pictures that are encoded.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary><c>out_channels</c>: channels of the pictures that are decoded.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary><c>block_out_channels</c>: channels of each level, that of the most pixels first.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [64];

    /// <summary><c>down_block_types</c>: whether each level of the encoder has attentions, in the order in which they run.</summary>
    public IReadOnlyList<bool> DownAttention { get; init; } = [false];

    /// <summary><c>up_block_types</c>: whether each level of the decoder has attentions, in the order in which they run.</summary>
    public IReadOnlyList<bool> UpAttention { get; init; } = [false];

    /// <summary><c>layers_per_block</c>: residual blocks of a level of the encoder; the decoder's have one more.</summary>
    public int LayersPerBlock { get; init; } = 1;

    /// <summary><c>latent_channels</c>: channels between the encoder and the decoder.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary><c>norm_num_groups</c>: groups of the group normalisations; divides every level's channels.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary><c>mid_block_add_attention</c>: whether the middle has an attention.</summary>
    public bool MidBlockAddAttention { get; init; } = true;

    /// <summary><c>scaling_factor</c>: what pipelines multiply latents by after encoding; the network itself does not.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    internal AutoencoderParts Parts => new() { Names = AutoencoderNames.Diffusers, NormGroups = NormNumGroups };

    internal EncoderPlan EncoderPlan(int output) => new()
    {
        Input = InChannels,
        Width = BlockOutChannels[0],
        Channels = BlockOutChannels,
        Blocks = LayersPerBlock,
        Attention = level => DownAttention[level],
        MiddleAttention = MidBlockAddAttention,
        Output = output,
    };

    internal DecoderPlan DecoderPlan => new()
    {
        Input = LatentChannels,
        Channels = BlockOutChannels,
        Blocks = _ => LayersPerBlock + 1,
        Attention = level => UpAttention[UpAttention.Count - 1 - level],
        MiddleAttention = MidBlockAddAttention,
        Output = OutChannels,
    };

    internal T Read<T>(ConfigFields fields, string className)
        where T : DiffusersAutoencoderConfig
    {
        fields.Only("_class_name", className);
        fields.Only("act_fn", "silu", "swish");
        return (T)(this with
        {
            InChannels = fields.Whole("in_channels", InChannels),
            OutChannels = fields.Whole("out_channels", OutChannels),
            BlockOutChannels = fields.WholeList("block_out_channels") ?? BlockOutChannels,
            DownAttention = fields.TextList("down_block_types", Plain, Attentive)?.Select(t => t == Attentive).ToList() ?? DownAttention,
            UpAttention = fields.TextList("up_block_types", PlainUp, AttentiveUp)?.Select(t => t == AttentiveUp).ToList() ?? UpAttention,
            LayersPerBlock = fields.Whole("layers_per_block", LayersPerBlock),
            LatentChannels = fields.Whole("latent_channels", LatentChannels),
            NormNumGroups = fields.Whole("norm_num_groups", NormNumGroups),
            MidBlockAddAttention = fields.Flag("mid_block_add_attention", MidBlockAddAttention),
            ScalingFactor = fields.Number("scaling_factor", ScalingFactor),
        });
    }

    internal virtual void Check(ConfigProblems problems)
    {
        problems.Channels("in_channels", InChannels);
        problems.Channels("out_channels", OutChannels);
        problems.Channels("latent_channels", LatentChannels);
        problems.Blocks("layers_per_block", LayersPerBlock);
        problems.Channels("norm_num_groups", NormNumGroups);
        problems.Scale("scaling_factor", ScalingFactor);
        problems.Levels("block_out_channels", BlockOutChannels.Count);
        problems.Groups("block_out_channels", BlockOutChannels.Select(c => (long)c), NormNumGroups, "norm_num_groups");
        foreach (var (field, count) in new[] { ("down_block_types", DownAttention.Count), ("up_block_types", UpAttention.Count) })
            if (count != BlockOutChannels.Count)
                problems.Add(field, $"{field} has {count} elements and block_out_channels {BlockOutChannels.Count}; they must agree");
    }
}
