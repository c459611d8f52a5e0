namespace MuseCluster.Models.Networks.VqGan;

/// <summary>The shape of an encoder or decoder: levels of ResNet blocks between which the resolution halves or doubles.</summary>
public sealed record VqGanStackConfig
{
    /// <summary>Channels of each level, from the picture's side to the grid's.</summary>
    public required int[] Channels { get; init; }

    /// <summary>The kernel sizes (3 or 1) of each level's ResNet blocks, in the same order.</summary>
    public required int[][] Blocks { get; init; }

    /// <summary>Side of the square of pixels folded into channels before the first level; 1 folds nothing.</summary>
    public int Patch { get; init; } = 1;

    /// <summary>
    /// Normalise each position by itself and pad by repeating the edge, so that a token depends on the pixels around it
    /// alone. With group normalisation one empty background has many tokens, and a transformer has to learn that noise.
    /// </summary>
    public bool Local { get; init; }

    /// <summary>
    /// Kernel size (3 or 1) of an encoder's first convolution, over folded pixels. 1, with blocks of kernel 1 and one level, makes
    /// a token say what its own pixels are and nothing of its neighbours: a small codebook cannot then hide in a token at an
    /// object's edge what the object is, which a transformer would have to learn to foretell.
    /// </summary>
    public int InputKernel { get; init; } = 3;

    /// <summary>Pixels per token along one side: <see cref="Patch"/> times 2 for each further level.</summary>
    public int Factor => Patch << (Channels.Length - 1);
}

/// <summary>
/// A VQGAN (Esser et al., arXiv 2012.09841): pictures to codebook indices and back. The decoder has its own shape, so that
/// a larger one can be fine-tuned beside the same encoder and codebook (Muse, section 2.7).
/// </summary>
public sealed record VqGanConfig
{
    /// <summary>Side of the pictures it is meant for, in pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Pictures to latents.</summary>
    public required VqGanStackConfig Encoder { get; init; }

    /// <summary>Latents to pictures.</summary>
    public required VqGanStackConfig Decoder { get; init; }

    /// <summary>Number of codes.</summary>
    public required int CodebookSize { get; init; }

    /// <summary>Dimensions of a code.</summary>
    public required int CodebookDim { get; init; }

    /// <summary>Groups of the group normalisations; divides every level's channels.</summary>
    public int NormGroups { get; init; } = 8;

    /// <summary>Pixels per token along one side.</summary>
    public int Factor => Encoder.Factor;

    /// <summary>Tokens along one side of a picture of <see cref="Resolution"/>; 0 while <see cref="Factor"/> is no valid one.</summary>
    public int GridSize => Factor > 0 ? Resolution / Factor : 0;

    /// <summary>What has to be known of it to decode grids.</summary>
    public PixelDecoderShape Shape => new(CodebookSize, Factor, PixelRange.Symmetric, GridSize);

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every reason is listed.</exception>
    public void Validate() => ConfigException.ThrowIfAny("VQGAN", [
        (Resolution is < 1 or > 4096, $"Resolution is {Resolution}, expected 1 to 4096"),
        (CodebookSize is < 2 or > 65535, $"CodebookSize is {CodebookSize}, expected 2 to 65535 (token grids hold uint16)"),
        (CodebookDim is < 1 or > 4096, $"CodebookDim is {CodebookDim}, expected 1 to 4096"),
        (NormGroups is < 1 or > 4096, $"NormGroups is {NormGroups}, expected 1 to 4096"),
        .. Check(nameof(Encoder), Encoder),
        .. Check(nameof(Decoder), Decoder),
        (Factor != Decoder.Factor, $"Encoder folds {Factor} pixels into a token and Decoder unfolds {Decoder.Factor}: they must agree"),
        (Factor > 0 && Resolution % Factor != 0, $"Resolution {Resolution} is no multiple of the {Factor} pixels of a token"),
    ]);

    private IEnumerable<(bool Wrong, string Problem)> Check(string name, VqGanStackConfig stack) => [
        (stack.Channels.Length is < 1 or > 8, $"{name}.Channels has {stack.Channels.Length} levels, expected 1 to 8"),
        (stack.Blocks.Length != stack.Channels.Length, $"{name}.Blocks has {stack.Blocks.Length} levels, Channels has {stack.Channels.Length}"),
        (stack.Channels.Any(c => c < 1 || c > 8192 || c % Math.Max(1, NormGroups) != 0), $"{name}.Channels must be positive multiples of NormGroups {NormGroups}"),
        (stack.Blocks.Any(level => level is null || level.Length > 64 || level.Any(kernel => kernel is not (1 or 3))), $"{name}.Blocks must list at most 64 kernel sizes of 1 or 3 per level"),
        (stack.InputKernel is not (1 or 3), $"{name}.InputKernel is {stack.InputKernel}, expected 1 or 3"),
        (stack.Patch is < 1 or > 64, $"{name}.Patch is {stack.Patch}, expected 1 to 64"),
    ];
}
