namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>What a family's files call the parts of its encoder and decoder.</summary>
internal sealed record AutoencoderNames
{
    /// <summary>taming-transformers' names, which open-muse's <c>VQGANModel</c> has too.</summary>
    public static AutoencoderNames Taming { get; } = new()
    {
        DownLevel = "down",
        UpLevel = "up",
        UpLevelsFromFinest = true,
        Block = "block",
        LevelAttention = "attn",
        Downsampler = "downsample.conv",
        Upsampler = "upsample.conv",
        Middle = "mid",
        MiddleBlock = i => $"block_{i + 1}",
        MiddleAttention = "attn_1",
        NormOut = "norm_out",
        Shortcut = "nin_shortcut",
        Attention = new AttentionNames("norm", "q", "k", "v", "proj_out", Convolutions: true),
    };

    /// <summary>The names of open-muse's <c>MaskGitVQGAN</c>, which has no attention.</summary>
    public static AutoencoderNames MaskGit { get; } = Taming with { MiddleBlock = i => $"{i}", Upsampler = "upsample_conv" };

    /// <summary>The names of diffusers' autoencoders since 0.18; <see cref="Diffusers.DeprecatedNames"/> has the older ones.</summary>
    public static AutoencoderNames Diffusers { get; } = new()
    {
        DownLevel = "down_blocks",
        UpLevel = "up_blocks",
        UpLevelsFromFinest = false,
        Block = "resnets",
        LevelAttention = "attentions",
        Downsampler = "downsamplers.0.conv",
        Upsampler = "upsamplers.0.conv",
        Middle = "mid_block",
        MiddleBlock = i => $"resnets.{i}",
        MiddleAttention = "attentions.0",
        NormOut = "conv_norm_out",
        Shortcut = "conv_shortcut",
        Attention = new AttentionNames("group_norm", "to_q", "to_k", "to_v", "to_out.0", Convolutions: false),
    };

    /// <summary>The encoder's levels.</summary>
    public required string DownLevel { get; init; }

    /// <summary>The decoder's levels.</summary>
    public required string UpLevel { get; init; }

    /// <summary>Whether the decoder's level 0 is that of the most pixels, which runs last, and not the one that runs first.</summary>
    public required bool UpLevelsFromFinest { get; init; }

    /// <summary>A level's residual blocks.</summary>
    public required string Block { get; init; }

    /// <summary>A level's attentions.</summary>
    public required string LevelAttention { get; init; }

    /// <summary>A level's convolution that halves the resolution.</summary>
    public required string Downsampler { get; init; }

    /// <summary>A level's convolution after doubling the resolution.</summary>
    public required string Upsampler { get; init; }

    /// <summary>What lies between the levels and the latents.</summary>
    public required string Middle { get; init; }

    /// <summary>A block of the middle, by its index.</summary>
    public required Func<int, string> MiddleBlock { get; init; }

    /// <summary>The middle's attention.</summary>
    public required string MiddleAttention { get; init; }

    /// <summary>The normalisation before the last convolution.</summary>
    public required string NormOut { get; init; }

    /// <summary>A residual block's shortcut.</summary>
    public required string Shortcut { get; init; }

    /// <summary>An attention's parts.</summary>
    public required AttentionNames Attention { get; init; }
}
