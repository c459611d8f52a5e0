using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;

namespace MuseCluster.Bench.Arithmetic;

/// <summary>
/// What the arithmetic of a masked transformer comes to, for one picture. Only rows that decoding needs are counted:
/// conditional and unconditional ones, but not the padding that keeps pictures independent of each other. Normalisations,
/// activations, softmax and sampling are not counted: they are no products.
/// </summary>
/// <param name="config">The network.</param>
public sealed class TransformerWork(MuseTransformerConfig config)
{
    private readonly int _folded = config.TokenDim * config.Window * config.Window;

    // The one layer whose width the configuration does not say: what a token is unfolded to before its logits.
    private readonly int _unfolded = config.RowLayers[^1].Input;

    /// <summary>Keys and values that cross-attention sees: the text, and before it the low-resolution grid where there is one.</summary>
    public int Context => config.TextLength + (config is SuperResolutionTransformerConfig { LowGridSize: var side } ? side * side : 0);

    /// <summary>
    /// What is done once per picture: the text's projection (TextDim to Dim), every block's keys and values of the context
    /// (Dim to 2 Dim); in super-resolution also the low-resolution blocks (without cross-attention) and the skip layer.
    /// All of it for each group.
    /// </summary>
    /// <param name="groups">1, or 2 with guidance.</param>
    public Work Conditioning(int groups)
    {
        var work = Work.Layer(config.TextLength, config.TextDim, config.Dim) + (config.Layers * Work.Layer(Context, config.Dim, 2 * config.Dim));
        if (config is SuperResolutionTransformerConfig low)
        {
            var count = low.LowGridSize * low.LowGridSize;
            work += low.LowLayers * (SelfLayers(count) + Work.Attend(count, count, config.Dim) + Mlp(count));
            if (low.LowSkip)
                work += Work.Layer(count, config.Dim, config.Dim);
        }
        return groups * work;
    }

    /// <summary>
    /// One pass: folding tokens into positions (once, all groups share it); per block and group self-attention (Dim to
    /// 3 Dim, positions^2, Dim to Dim), cross-attention (Dim to Dim, positions x context, Dim to Dim) and the MLP; unfolding
    /// every position; logits of the masked tokens alone.
    /// </summary>
    /// <param name="groups">1, or 2 with guidance.</param>
    /// <param name="masked">Masked tokens.</param>
    public Work Pass(int groups, int masked) =>
        Fold() + (groups * (Blocks(config.Positions) + (config.Layers * Attention(config.Positions, config.Positions)) + Unfold() + Head(masked)));

    /// <summary>All passes of a picture.</summary>
    /// <param name="options">How it is decoded.</param>
    public Work Passes(DecodingOptions options) =>
        MaskedAtSteps(options, config.Tokens).Aggregate(default(Work), (work, masked) => work + Pass(Groups(options), masked));

    /// <summary>
    /// Decoding the grid one position after another with cached keys and values: every layer runs once over each position,
    /// position i attends to i + 1 positions, every token's logits are computed once.
    /// </summary>
    /// <param name="groups">1, or 2 with guidance.</param>
    public Work Autoregressive(int groups)
    {
        var n = config.Positions;
        return Fold() + (groups * (Blocks(n) + (config.Layers * Attention(n, (n + 1) / 2.0)) + Unfold() + Head(config.Tokens)));
    }

    /// <summary>How many tokens are masked before each step.</summary>
    /// <param name="options">How a picture is decoded.</param>
    /// <param name="tokens">Tokens of its grid.</param>
    /// <returns>One number per pass.</returns>
    public static IEnumerable<int> MaskedAtSteps(DecodingOptions options, int tokens)
    {
        var masked = tokens;
        for (var step = 0; step < options.Steps && masked > 0; step++)
        {
            yield return masked;
            masked = options.MaskedAfter(step, tokens, masked);
        }
    }

    /// <summary>Groups of rows per picture.</summary>
    /// <param name="options">How it is decoded.</param>
    public static int Groups(DecodingOptions options) => options.Guided ? 2 : 1;

    private Work Fold() => Work.Layer(config.Positions, _folded, config.Dim);

    private Work Unfold() => Work.Layer(config.Positions, config.Dim, (double)_unfolded * config.Patch * config.Patch);

    private Work Head(int tokens) => Work.Layer(tokens, _unfolded, config.CodebookSize);

    private Work Blocks(int rows) => config.Layers * (SelfLayers(rows) + (2 * Work.Layer(rows, config.Dim, config.Dim)) + Mlp(rows));

    private Work Attention(int rows, double seen) => Work.Attend(rows, seen, config.Dim) + Work.Attend(rows, Context, config.Dim);

    private Work SelfLayers(int rows) => Work.Layer(rows, config.Dim, 3 * config.Dim) + Work.Layer(rows, config.Dim, config.Dim);

    private Work Mlp(int rows) => 2 * Work.Layer(rows, config.Dim, config.MlpDim);
}
