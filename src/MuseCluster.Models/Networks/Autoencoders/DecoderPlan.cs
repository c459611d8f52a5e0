using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// The shape of a decoder: a convolution from the latents, a middle, levels of residual blocks between which the resolution
/// doubles, and a convolution to the picture.
/// </summary>
internal sealed record DecoderPlan
{
    /// <summary>Channels of latents.</summary>
    public required int Input { get; init; }

    /// <summary>Channels of each level, that of the most pixels first: it runs last.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>Residual blocks of a level, by its index.</summary>
    public required Func<int, int> Blocks { get; init; }

    /// <summary>Whether a level has attentions, by its index.</summary>
    public required Func<int, bool> Attention { get; init; }

    /// <summary>Residual blocks of the middle.</summary>
    public int MiddleBlocks { get; init; } = 2;

    /// <summary>Further blocks of the middle; see <see cref="AutoencoderParts.Middle"/>.</summary>
    public int ExtraMiddleBlocks { get; init; }

    /// <summary>Whether the middle has an attention.</summary>
    public required bool MiddleAttention { get; init; }

    /// <summary>Channels of pictures.</summary>
    public required int Output { get; init; }

    /// <summary>Whether a convolution follows each doubling of the resolution.</summary>
    public bool Convolutions { get; init; } = true;

    /// <summary>Builds the decoder: [N, Input, h, w] to [N, Output, H, W].</summary>
    public Chain Build(AutoencoderParts parts)
    {
        AutoencoderNames names = parts.Names;
        int current = Channels[^1];
        var decoder = new Chain();
        decoder.Add("conv_in", AutoencoderParts.Convolution(Input, current));
        decoder.Add(names.Middle, parts.Middle(current, MiddleBlocks, MiddleAttention, ExtraMiddleBlocks));
        for (int level = Channels.Count - 1; level >= 0; level--)
        {
            Chain blocks = parts.Level(current, Channels[level], Blocks(level), Attention(level));
            current = Channels[level];
            if (level > 0)
            {
                blocks.Add("", new Enlarge());
                if (Convolutions) blocks.Add(names.Upsampler, AutoencoderParts.Convolution(current, current));
            }

            decoder.Add($"{names.UpLevel}.{(names.UpLevelsFromFinest ? level : Channels.Count - 1 - level)}", blocks);
        }

        decoder.Add(names.NormOut, parts.Norm(current));
        decoder.Add("", nn.SiLU());
        decoder.Add("conv_out", AutoencoderParts.Convolution(current, Output));
        return decoder;
    }
}
