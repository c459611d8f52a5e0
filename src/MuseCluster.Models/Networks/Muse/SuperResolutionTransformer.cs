using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>
/// Muse's super-resolution model (arXiv 2301.00704, section 2.4): low-resolution tokens, passed through their own
/// self-attention layers, stand beside the text as keys and values for the masked high-resolution tokens.
/// </summary>
public sealed class SuperResolutionTransformer : nn.Module, IMaskedTransformer
{
    private readonly Embedding low_tokens;
    private readonly PositionEmbedding2d low_positions;
    private readonly ModuleList<TransformerBlock> low_blocks;
    private readonly LayerNorm low_norm;
    private readonly Linear? low_skip;
    private readonly TextProjection text;
    private readonly Embedding tokens;
    private readonly Linear fold_in;
    private readonly PositionEmbedding2d positions;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Linear fold_out;
    private readonly Linear head;
    private readonly SuperResolutionTransformerConfig _config;

    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">The configuration cannot be built.</exception>
    public SuperResolutionTransformer(SuperResolutionTransformerConfig config)
        : base(nameof(SuperResolutionTransformer))
    {
        config.Validate();
        _config = config;
        var square = config.Patch * config.Patch;
        low_tokens = Initial.Embedding(config.LowCodebookSize, config.Dim, std: 0.5);
        low_positions = new PositionEmbedding2d(config.LowGridSize, config.Dim);
        low_blocks = nn.ModuleList(Enumerable.Range(0, config.LowLayers)
            .Select(_ => new TransformerBlock(config.Dim, config.Heads, config.MlpDim, config.LowLayers, cross: false)).ToArray());
        low_norm = nn.LayerNorm(config.Dim);
        low_skip = config.LowSkip ? Initial.Linear(config.Dim, config.Dim) : null;
        text = new TextProjection(config.TextDim, config.Dim);
        tokens = Initial.Embedding(config.CodebookSize + 1, config.TokenDim, std: 0.7);
        fold_in = Initial.Linear(config.TokenDim * square, config.Dim);
        positions = new PositionEmbedding2d(config.GridSize / config.Patch, config.Dim);
        blocks = nn.ModuleList(Enumerable.Range(0, config.Layers)
            .Select(_ => new TransformerBlock(config.Dim, config.Heads, config.MlpDim, config.Layers, cross: true)).ToArray());
        norm = nn.LayerNorm(config.Dim);
        fold_out = Initial.Linear(config.Dim, 2 * config.TokenDim * square);
        head = Initial.Linear(2 * config.TokenDim, config.CodebookSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public MuseTransformerConfig Config => _config;

    /// <inheritdoc/>
    public int Positions => _config.Tokens / (_config.Patch * _config.Patch);

    /// <summary>Projects low-resolution grids and texts to every layer's keys and values.</summary>
    /// <param name="embeddings">[N, TextLength, TextDim].</param>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <param name="lowTokens">int64 [N, LowGridSize x LowGridSize].</param>
    /// <returns>The conditioning of N sequences.</returns>
    public Conditioning Condition(Tensor embeddings, Tensor mask, Tensor lowTokens)
    {
        var count = (int)lowTokens.size(0);
        var lowCount = _config.LowGridSize * _config.LowGridSize;
        var low = low_positions.forward(low_tokens.forward(lowTokens));
        foreach (var block in low_blocks)
            low = block.forward(low, new RowLayout(count, 1, lowCount, lowCount), null, 0);
        low = low_norm.forward(low);
        var context = cat([low, text.forward(embeddings)], 1);
        var projected = blocks.Select(b => b.Project(context)).ToArray();
        var attended = zeros([count, 1, 1, lowCount], device: embeddings.device);
        return new Conditioning(
            [.. projected.Select(p => p.Keys)], [.. projected.Select(p => p.Values)], cat([attended, TextProjection.Bias(mask)], 3),
            low_skip is null ? null : Enlarge(low_skip.forward(low)));
    }

    /// <summary>[N, low tokens, Dim] to [N, Positions, Dim]: each position takes its low-resolution cell's state.</summary>
    private Tensor Enlarge(Tensor low)
    {
        var (side, small) = (_config.GridSize / _config.Patch, _config.LowGridSize);
        var times = side / small;
        return low.view(-1, small, 1, small, 1, _config.Dim)
            .expand(-1, small, times, small, times, _config.Dim)
            .reshape(-1, side * side, _config.Dim);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        var x = positions.forward(fold_in.forward(Fold(this.tokens.forward(tokens), layout.Pictures)));
        if (layout.Groups > 1)
            x = cat([.. Enumerable.Repeat(x, layout.Groups)], 1);
        if (conditioning.Input is { } input)
            x = x + input.view(layout.Pictures, layout.Used, _config.Dim);
        if (layout.Rows > layout.Used)
            x = nn.functional.pad(x, [0, 0, 0, layout.Rows - layout.Used]);
        for (var i = 0; i < blocks.Count; i++)
            x = blocks[i].forward(x, layout, conditioning, i);
        var each = Unfold(fold_out.forward(norm.forward(x)).narrow(1, 0, layout.Used), layout.Sequences);
        return head.forward((rows is null ? each : each.index_select(0, rows)).gelu());
    }

    /// <summary>[N, Tokens, TokenDim] to [N, Positions, Patch x Patch x TokenDim].</summary>
    private Tensor Fold(Tensor x, int count)
    {
        var (patch, side) = (_config.Patch, _config.GridSize / _config.Patch);
        return patch == 1 ? x : x.view(count, side, patch, side, patch, _config.TokenDim)
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(count, side * side, patch * patch * _config.TokenDim);
    }

    /// <summary>[..., Positions, Patch x Patch x 2 TokenDim] to [sequences x Tokens, 2 TokenDim].</summary>
    private Tensor Unfold(Tensor x, int sequences)
    {
        var (patch, side) = (_config.Patch, _config.GridSize / _config.Patch);
        return patch == 1 ? x.reshape(-1, 2 * _config.TokenDim) : x.reshape(sequences, side, side, patch, patch, 2 * _config.TokenDim)
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(-1, 2 * _config.TokenDim);
    }
}
