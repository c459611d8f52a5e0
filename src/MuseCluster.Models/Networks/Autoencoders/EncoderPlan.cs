using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// The shape of an encoder: a convolution, levels of residual blocks between which the resolution halves, a middle, and a
/// convolution to the latents.
/// </summary>
internal sealed record EncoderPlan
{
    /// <summary>Channels of pictures.</summary>
    public required int Input { get; init; }

    /// <summary>Channels that the first convolution gives.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of each level, that of the most pixels first.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>Residual blocks of each level.</summary>
    public required int Blocks { get; init; }

    /// <summary>Whether a level has attentions, by its index.</summary>
    public required Func<int, bool> Attention { get; init; }

    /// <summary>Residual blocks of the middle.</summary>
    public int MiddleBlocks { get; init; } = 2;

    /// <summary>Whether the middle has an attention.</summary>
    public required bool MiddleAttention { get; init; }

    /// <summary>Channels of what the encoder gives.</summary>
    public required int Output { get; init; }

    /// <summary>Kernel size of the last convolution: 3 or 1.</summary>
    public int OutputKernel { get; init; } = 3;

    /// <summary>Whether the first convolution has a bias.</summary>
    public bool InputBias { get; init; } = true;

    /// <summary>Whether a convolution halves the resolution, and not an average.</summary>
    public bool Convolutions { get; init; } = true;

    /// <summary>Builds the encoder: [N, Input, H, W] to [N, Output, h, w].</summary>
    public Chain Build(AutoencoderParts parts)
    {
        AutoencoderNames names = parts.Names;
        var encoder = new Chain();
        encoder.Add("conv_in", AutoencoderParts.Convolution(Input, Width, InputBias));
        for (int level = 0; level < Channels.Count; level++)
        {
            Chain blocks = parts.Level(level == 0 ? Width : Channels[level - 1], Channels[level], Blocks, Attention(level));
            if (level < Channels.Count - 1) Halve(blocks, names, Channels[level]);
            encoder.Add($"{names.DownLevel}.{level}", blocks);
        }

        int last = Channels[^1];
        encoder.Add(names.Middle, parts.Middle(last, MiddleBlocks, MiddleAttention));
        encoder.Add(names.NormOut, parts.Norm(last));
        encoder.Add("", nn.SiLU());
        encoder.Add("conv_out", nn.Conv2d(last, Output, OutputKernel, padding: OutputKernel / 2));
        return encoder;
    }

    private void Halve(Chain level, AutoencoderNames names, int channels)
    {
        if (Convolutions)
        {
            level.Add("", new FarEdge());
            level.Add(names.Downsampler, nn.Conv2d(channels, channels, 3, stride: 2));
        }
        else
        {
            level.Add("", new Reduce());
        }
    }
}
