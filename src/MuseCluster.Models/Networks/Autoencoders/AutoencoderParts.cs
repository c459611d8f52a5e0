using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// What the encoder and the decoder of a family are made of: how its files name the parts, how they normalise and whether
/// their convolutions have biases.
/// </summary>
internal sealed record AutoencoderParts
{
    // Of every normalisation of the references; PyTorch's own default is 1e-5.
    private const double Epsilon = 1e-6;

    /// <summary>The names in files.</summary>
    public required AutoencoderNames Names { get; init; }

    /// <summary>Groups of the group normalisations.</summary>
    public required int NormGroups { get; init; }

    /// <summary>Whether the convolutions of residual blocks have biases.</summary>
    public bool BlockBias { get; init; } = true;

    /// <summary>See <see cref="ResidualBlock"/>.</summary>
    public bool ShortcutOfResult { get; init; }

    /// <summary>
    /// The least number of attentions that a level must have for them to run. With 2, a level of one attention holds its weights
    /// and never uses them: open-muse's <c>modeling_taming_vqgan.py</c> asks for more than one.
    /// </summary>
    public int LeastAttentions { get; init; } = 1;

    /// <summary>A group normalisation.</summary>
    public GroupNorm Norm(int channels) => nn.GroupNorm(NormGroups, channels, Epsilon);

    /// <summary>A convolution of kernel 3 that keeps the picture's sides.</summary>
    public static Conv2d Convolution(int input, int output, bool bias = true) => nn.Conv2d(input, output, 3, padding: 1, bias: bias);

    /// <summary>A residual block, with a shortcut where the number of channels changes.</summary>
    public ResidualBlock Block(int input, int output)
    {
        GroupNorm norm1 = Norm(input), norm2 = Norm(output);
        Conv2d conv1 = Convolution(input, output, BlockBias), conv2 = Convolution(output, output, BlockBias);
        if (input == output) return new ResidualBlock(norm1, conv1, norm2, conv2);
        Conv2d shortcut = nn.Conv2d(ShortcutOfResult ? output : input, output, 1, bias: BlockBias);
        return new ResidualBlock(norm1, conv1, norm2, conv2, (Names.Shortcut, shortcut), ShortcutOfResult);
    }

    /// <summary>An attention over positions.</summary>
    public SpatialAttention Attention(int channels) => new(channels, NormGroups, Epsilon, Names.Attention);

    /// <summary>The blocks of one resolution, each followed by its attention if there are attentions.</summary>
    /// <param name="input">Channels that the first block takes.</param>
    /// <param name="output">Channels that every block gives.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="attention">Whether the level has attentions.</param>
    public Chain Level(int input, int output, int blocks, bool attention)
    {
        var level = new Chain();
        for (int i = 0; i < blocks; i++)
        {
            level.Add($"{Names.Block}.{i}", Block(i == 0 ? input : output, output));
            if (!attention) continue;
            string path = $"{Names.LevelAttention}.{i}";
            if (blocks >= LeastAttentions) level.Add(path, Attention(output));
            else level.AddUnused(path, Attention(output));
        }

        return level;
    }

    /// <summary>The blocks at the lowest resolution, with an attention between the first and the second.</summary>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="attention">Whether there is an attention.</param>
    /// <param name="extraBlocks">Blocks that follow, which open-muse's files keep in a list of their own.</param>
    public Chain Middle(int channels, int blocks, bool attention, int extraBlocks = 0)
    {
        var middle = new Chain();
        for (int i = 0; i < blocks; i++)
        {
            middle.Add(Names.MiddleBlock(i), Block(channels, channels));
            if (i == 0 && attention) middle.Add(Names.MiddleAttention, Attention(channels));
        }

        for (int i = 0; i < extraBlocks; i++)
            middle.Add($"extra_mid_res_blocks.{i}", Block(channels, channels));
        return middle;
    }
}
