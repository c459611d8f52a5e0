using MuseCluster.Generation.Decoding.Rules;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;

namespace MuseCluster.Generation.Decoding;

/// <summary>
/// One picture in a decoder: its grid, its step, and what it is decoded by. Grid and step are its whole state: another
/// decoder, on another machine, goes on from them to the same tokens.
/// </summary>
public sealed class MaskedPicture : IDisposable
{
    private readonly ushort[] _grid;

    /// <summary>Takes a picture at a step.</summary>
    /// <param name="shape">The network's shape, at the picture's grid.</param>
    /// <param name="grid">Codes in row-major order; the shape's mask token where unknown.</param>
    /// <param name="step">Steps already made; 0 for a new picture.</param>
    /// <param name="initiallyMasked">Tokens that were masked before the first step.</param>
    /// <param name="options">How it is decoded.</param>
    /// <param name="conditioning">What the network attends to: the prompt, then with guidance the negative prompt. The picture owns it.</param>
    /// <param name="random">Its randomness.</param>
    public MaskedPicture(MaskedTransformerShape shape, ReadOnlySpan<ushort> grid, int step, int initiallyMasked, DecodingOptions options, Conditioning conditioning, ITokenRandom random)
    {
        var groups = options.Guided ? 2 : 1;
        if (conditioning.Sequences != groups)
            throw new ArgumentException($"A picture with guidance {options.Guidance} needs {groups} conditioning sequences, got {conditioning.Sequences}.", nameof(conditioning));
        if (grid.Length != shape.Tokens)
            throw new ArgumentException($"The grid has {grid.Length} tokens, expected {shape.Tokens} ({shape.Height} x {shape.Width}).", nameof(grid));
        _grid = grid.ToArray();
        Shape = shape;
        Step = step;
        InitiallyMasked = initiallyMasked;
        Options = options;
        Conditioning = conditioning;
        Random = random;
    }

    /// <summary>Codes in row-major order; <see cref="MaskId"/> where unknown.</summary>
    public ReadOnlySpan<ushort> Grid => _grid;

    /// <summary>The network's shape, at this picture's grid.</summary>
    public MaskedTransformerShape Shape { get; }

    /// <summary>The mask token's index.</summary>
    public int MaskId => Shape.MaskId;

    /// <summary>Steps made.</summary>
    public int Step { get; private set; }

    /// <summary>Tokens that were masked before the first step.</summary>
    public int InitiallyMasked { get; }

    /// <summary>How it is decoded.</summary>
    public DecodingOptions Options { get; }

    /// <summary>What the network attends to.</summary>
    public Conditioning Conditioning { get; }

    /// <summary>Its randomness.</summary>
    public ITokenRandom Random { get; }

    /// <summary>Whether no step is left.</summary>
    public bool Finished => Step >= Options.Steps;

    /// <summary>A new picture, wholly masked.</summary>
    /// <param name="shape">The network's shape, at the picture's grid.</param>
    /// <param name="options">How it is decoded.</param>
    /// <param name="conditioning">What the network attends to.</param>
    /// <param name="random">Its randomness.</param>
    /// <returns>The picture.</returns>
    public static MaskedPicture New(MaskedTransformerShape shape, DecodingOptions options, Conditioning conditioning, ITokenRandom random)
    {
        var grid = new ushort[shape.Tokens];
        Array.Fill(grid, (ushort)shape.MaskId);
        return new MaskedPicture(shape, grid, 0, shape.Tokens, options, conditioning, random);
    }

    /// <summary>The positions that are masked now, in order.</summary>
    /// <returns>Indices into <see cref="Grid"/>.</returns>
    public int[] MaskedPositions()
    {
        var positions = new List<int>(_grid.Length);
        for (var i = 0; i < _grid.Length; i++)
            if (_grid[i] == MaskId)
                positions.Add(i);
        return [.. positions];
    }

    /// <summary>Makes a step: takes the sampled tokens, then masks again those that the picture's rule is least sure of.</summary>
    /// <param name="positions">What <see cref="MaskedPositions"/> gave.</param>
    /// <param name="tokens">The token sampled at each.</param>
    /// <param name="probabilities">That token's probability.</param>
    internal void Advance(int[] positions, ReadOnlySpan<long> tokens, ReadOnlySpan<float> probabilities)
    {
        for (var i = 0; i < positions.Length; i++)
            _grid[positions[i]] = (ushort)tokens[i];
        var sampled = new SampledStep
        {
            Step = Step,
            Tokens = _grid.Length,
            InitiallyMasked = InitiallyMasked,
            Positions = positions,
            Probabilities = probabilities,
            Random = Random,
        };
        foreach (var position in Options.StepRule.Remasked(Options, sampled))
            _grid[position] = (ushort)MaskId;
        Step++;
    }

    /// <inheritdoc/>
    public void Dispose() => Conditioning.Dispose();
}
