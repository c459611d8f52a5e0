using MuseCluster.Models.Prompts;

namespace MuseCluster.Models.Networks;

/// <summary>What masked decoding has to know of a transformer, whatever its family.</summary>
public sealed record MaskedTransformerShape
{
    /// <summary>Number of codes, and width of the logits.</summary>
    public required int CodebookSize { get; init; }

    /// <summary>The token that stands for an unknown code; not below <see cref="CodebookSize"/>.</summary>
    public required int MaskId { get; init; }

    /// <summary>Tokens from top to bottom of a grid.</summary>
    public required int Height { get; init; }

    /// <summary>Tokens from left to right of a grid.</summary>
    public required int Width { get; init; }

    /// <summary>Side of the square of tokens that shares one position of the transformer. Default 1.</summary>
    public int Patch { get; init; } = 1;

    /// <summary>Whether the network takes grids of other sizes too, of whole squares of <see cref="Patch"/>. Default false.</summary>
    public bool AnyGrid { get; init; }

    /// <summary>Dimensions of a position's state: tells a network whose passes one thread makes from one that takes all.</summary>
    public required int Dim { get; init; }

    /// <summary>Input and output dimensions of the linear layers that run over all rows of a pass.</summary>
    public required IReadOnlyList<(int Input, int Output)> RowLayers { get; init; }

    /// <summary>What it takes for a prompt.</summary>
    public required PromptShape Prompt { get; init; }

    /// <summary>Which of a text encoder's states it takes. Default: the last ones of the text itself.</summary>
    public TextUse Text { get; init; } = new();

    /// <summary>
    /// Number of classes, where a class is its prompt: the class stands before the grid, at a position of its own. Null where a text is.
    /// </summary>
    public int? Classes { get; init; }

    /// <summary>Whether it is told sizes, crop and score of the picture, as in aMUSEd. Default false.</summary>
    public bool MicroConditioned { get; init; }

    /// <summary>The smaller pictures' grids, for super-resolution; null otherwise.</summary>
    public LowGridShape? Low { get; init; }

    /// <summary>Tokens of a grid.</summary>
    public int Tokens => Height * Width;

    /// <summary>Transformer positions of a grid, that of its class included.</summary>
    public int Positions => (Tokens / (Patch * Patch)) + (Classes is null ? 0 : 1);

    /// <summary>Whether the network takes a grid.</summary>
    /// <param name="height">Tokens from top to bottom.</param>
    /// <param name="width">Tokens from left to right.</param>
    public bool Takes(int height, int width) =>
        (height, width) == (Height, Width) || (AnyGrid && height >= 1 && width >= 1 && height % Patch == 0 && width % Patch == 0);

    /// <summary>The same transformer at another grid.</summary>
    /// <param name="height">Tokens from top to bottom.</param>
    /// <param name="width">Tokens from left to right.</param>
    /// <exception cref="ArgumentException">It takes no such grid; the message says which it takes.</exception>
    public MaskedTransformerShape At(int height, int width) => Takes(height, width)
        ? this with { Height = height, Width = width }
        : throw new ArgumentException(
            $"A grid of {height} x {width} tokens does not go with this network, which takes {(AnyGrid ? $"multiples of {Patch}" : $"{Height} x {Width}")}.");
}

/// <summary>The grids that super-resolution starts from.</summary>
/// <param name="CodebookSize">Number of codes.</param>
/// <param name="Tokens">Tokens of a grid; null where the network takes any number.</param>
public sealed record LowGridShape(int CodebookSize, int? Tokens);
