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
    private readonly SuperResolutionTransformerConfig _config;
    private readonly Embedding low_tokens;
    private readonly PositionEmbedding2d low_positions;
    private readonly ModuleList<TransformerBlock> low_blocks;
    private readonly LayerNorm low_norm;
    private readonly Linear? low_skip;
    private readonly TextProjection text;
    private readonly TokenGridInput input;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly TokenGridOutput output;

    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">The configuration cannot be built.</exception>
    public SuperResolutionTransformer(SuperResolutionTransformerConfig config)
        : base(nameof(SuperResolutionTransformer))
    {
        config.Validate();
        _config = config;
        low_tokens = Initial.Embedding(config.LowCodebookSize, config.Dim, std: 0.5);
        low_positions = new PositionEmbedding2d(config.LowGridSize, config.Dim);
        low_blocks = TransformerBlock.Stack(config, config.LowLayers, cross: false);
        low_norm = nn.LayerNorm(config.Dim);
        low_skip = config.LowSkip ? Initial.Linear(config.Dim, config.Dim) : null;
        text = new TextProjection(config);
        input = new TokenGridInput(config);
        blocks = TransformerBlock.Stack(config, config.Layers, cross: true);
        output = new TokenGridOutput(config);
        RegisterComponents();
    }

    /// <summary>Its shape, as it is configured.</summary>
    public SuperResolutionTransformerConfig Config => _config;

    /// <inheritdoc/>
    public MaskedTransformerShape Shape => _config.Shape;

    /// <inheritdoc/>
    public Conditioning Condition(ConditioningInput input) => Condition(
        input.Prompt.Embeddings, input.Prompt.Mask, input.LowGrid ?? throw new ArgumentException("LowGrid is missing: super-resolution needs the smaller picture's codes.", nameof(input)));

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
        var attended = zeros([count, 1, 1, lowCount], device: embeddings.device);
        var words = text.forward(embeddings, mask);
        var (skip, pooled) = (low_skip is null ? null : Enlarge(low_skip.forward(low)), text.Pool(words, mask));
        return TransformerBlock.Project(
            blocks, cat([low, words], 1), cat([attended, Conditioning.BiasOf(mask)], 3), skip is null || pooled is null ? skip ?? pooled : skip + pooled);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        var x = input.forward(tokens.flatten(1), layout, conditioning.Input);
        for (var i = 0; i < blocks.Count; i++)
            x = blocks[i].forward(x, layout, conditioning, i);
        return output.forward(x, layout, rows);
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
}
