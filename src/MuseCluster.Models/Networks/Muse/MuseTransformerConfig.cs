using System.Text.Json.Serialization;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>What the base and the super-resolution transformer share (Muse, arXiv 2301.00704, sections 2.3 and 2.4).</summary>
public abstract record MuseTransformerConfig
{
    /// <summary>Number of codes; the mask token's index is at least this number.</summary>
    public required int CodebookSize { get; init; }

    /// <summary>Tokens along one side of the grid.</summary>
    public required int GridSize { get; init; }

    /// <summary>Dimensions of the text encoder's output.</summary>
    public required int TextDim { get; init; }

    /// <summary>Text positions that a picture attends to; shorter texts are padded, longer ones cut.</summary>
    public required int TextLength { get; init; }

    /// <summary>Dimensions of a position's state.</summary>
    public required int Dim { get; init; }

    /// <summary>Transformer blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads; divides <see cref="Dim"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Dimensions inside a block's MLP.</summary>
    public required int MlpDim { get; init; }

    /// <summary>
    /// Side of the square of tokens that shares one position of the transformer. 1 is the paper's; 2 makes linear layers 4
    /// and attention 16 times cheaper, which is what a CPU can carry.
    /// </summary>
    public int Patch { get; init; } = 1;

    /// <summary>
    /// Tokens beyond its square, on every side, that a position sees at the network's input. 0 is the paper's; with 1 or more
    /// a position has its neighbours at hand, which self-attention would have to learn to find (overlapping patches, as in
    /// arXiv 2103.15808, section 3.1).
    /// </summary>
    public int Overlap { get; init; }

    /// <summary>
    /// Whether each position also starts from the text as a whole: the sum of its projected words. The paper has no such path;
    /// aMUSEd (arXiv 2401.01808) has a pooled text embedding beside cross-attention too, in its normalisations.
    /// </summary>
    public bool PooledText { get; init; }

    /// <summary>
    /// Words before and after each word that its projection sees. 0 is the paper's; with more, a shape has its colour at hand
    /// where the text encoder has not joined them, as a small one does not.
    /// </summary>
    public int TextOverlap { get; init; }

    /// <summary>Dimensions of one token before its window is folded into a position.</summary>
    public required int TokenDim { get; init; }

    /// <summary>Side of the square of tokens that a position sees at the network's input.</summary>
    public int Window => Patch + (2 * Overlap);

    /// <summary>Transformer positions of a grid.</summary>
    public int Positions => Tokens / (Patch * Patch);

    /// <summary>Input and output dimensions of the linear layers that run over all rows of a pass.</summary>
    [JsonIgnore]
    public IReadOnlyList<(int Input, int Output)> RowLayers =>
        [(Dim, 3 * Dim), (Dim, MlpDim), (MlpDim, Dim), .. TokenGridOutput.Layers(this)];

    /// <summary>What masked decoding has to know of it.</summary>
    public virtual MaskedTransformerShape Shape => new()
    {
        CodebookSize = CodebookSize,
        MaskId = MaskId,
        Height = GridSize,
        Width = GridSize,
        Patch = Patch,
        Dim = Dim,
        RowLayers = RowLayers,
        Prompt = new(TextLength, TextDim),
    };

    /// <summary>Tokens of a grid.</summary>
    public int Tokens => GridSize * GridSize;

    /// <summary>The index of the mask token: the first behind the codes.</summary>
    public int MaskId => CodebookSize;

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every reason is listed.</exception>
    public void Validate() => ConfigException.ThrowIfAny(GetType().Name, Checks());

    /// <summary>The checks behind <see cref="Validate"/>.</summary>
    /// <returns>Each with what is wrong.</returns>
    protected virtual IEnumerable<(bool Wrong, string Problem)> Checks() => [
        (CodebookSize is < 2 or > 65535, $"CodebookSize is {CodebookSize}, expected 2 to 65535"),
        (GridSize is < 1 or > 256, $"GridSize is {GridSize}, expected 1 to 256"),
        (TextDim is < 1 or > 65536, $"TextDim is {TextDim}, expected 1 to 65536"),
        (TextLength is < 1 or > 4096, $"TextLength is {TextLength}, expected 1 to 4096"),
        (Dim is < 4 or > 65536 || Dim % 4 != 0, $"Dim is {Dim}, expected a multiple of 4 (two sines and two cosines per position) up to 65536"),
        (Layers is < 1 or > 256, $"Layers is {Layers}, expected 1 to 256"),
        (Heads < 1 || Dim % Math.Max(1, Heads) != 0, $"Heads is {Heads}, expected a divisor of Dim {Dim}"),
        (Patch < 1 || GridSize % Math.Max(1, Patch) != 0, $"Patch is {Patch}, expected a divisor of GridSize {GridSize}"),
        (Overlap < 0 || Overlap > GridSize, $"Overlap is {Overlap}, expected 0 to GridSize {GridSize}"),
        (TextOverlap < 0 || TextOverlap > TextLength, $"TextOverlap is {TextOverlap}, expected 0 to TextLength {TextLength}"),
        (TokenDim is < 1 or > 65536, $"TokenDim is {TokenDim}, expected 1 to 65536"),
        (MlpDim is < 1 or > 262144, $"MlpDim is {MlpDim}, expected 1 to 262144"),
    ];
}

/// <summary>The shape of a base transformer.</summary>
public sealed record BaseTransformerConfig : MuseTransformerConfig;

/// <summary>The shape of a super-resolution transformer.</summary>
public sealed record SuperResolutionTransformerConfig : MuseTransformerConfig
{
    /// <summary>Number of codes of the low-resolution grid.</summary>
    public required int LowCodebookSize { get; init; }

    /// <summary>Tokens along one side of the low-resolution grid.</summary>
    public required int LowGridSize { get; init; }

    /// <summary>Self-attention blocks over the low-resolution tokens.</summary>
    public required int LowLayers { get; init; }

    /// <summary>
    /// Whether each position also starts from the low-resolution state at its own place, which cross-attention would
    /// otherwise have to learn to find. The paper has no such path.
    /// </summary>
    public bool LowSkip { get; init; }

    /// <inheritdoc/>
    public override MaskedTransformerShape Shape => base.Shape with { Low = new(LowCodebookSize, LowGridSize * LowGridSize) };

    /// <inheritdoc/>
    protected override IEnumerable<(bool Wrong, string Problem)> Checks() => [
        .. base.Checks(),
        (LowCodebookSize is < 2 or > 65535, $"LowCodebookSize is {LowCodebookSize}, expected 2 to 65535"),
        (LowGridSize is < 1 or > 256, $"LowGridSize is {LowGridSize}, expected 1 to 256"),
        (LowLayers is < 0 or > 256, $"LowLayers is {LowLayers}, expected 0 to 256"),
        (LowSkip && (GridSize / Math.Max(1, Patch)) % Math.Max(1, LowGridSize) != 0, $"LowSkip needs {GridSize / Math.Max(1, Patch)} positions a side to be a multiple of LowGridSize {LowGridSize}"),
    ];
}
