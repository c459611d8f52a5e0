using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// <see cref="UVit2DModel"/> as masked decoding runs it: the text's keys and values and the condition's scales and shifts are
/// projected once per picture instead of at every step, what lies before the first condition is computed once for all groups
/// of a picture, and logits only where they are asked for. The numbers are those of <see cref="UVit2DModel.forward"/> up to rounding.
/// </summary>
/// <param name="model">The network; owned by this object.</param>
/// <param name="height">Tokens from top to bottom, where a picture does not say; null for <c>sample_size</c>.</param>
/// <param name="width">Tokens from left to right; null for <c>sample_size</c>.</param>
public sealed class UVit2DMaskedTransformer(UVit2DModel model, int? height = null, int? width = null) : IMaskedTransformer
{
    private int Layers => model.Config.NumHiddenLayers;

    private int Blocks => model.Config.NumResBlocks;

    /// <inheritdoc/>
    public MaskedTransformerShape Shape { get; } = height is null && width is null
        ? model.Config.Shape
        : model.Config.Shape.At(height ?? model.Config.SampleSize, width ?? model.Config.SampleSize);

    /// <inheritdoc/>
    /// <remarks>Needs a pooled vector of each text and five numbers of micro-conditioning. Keys, values and modulations lie in the order in which they are used.</remarks>
    public Conditioning Condition(ConditioningInput input)
    {
        Tensor pooled = input.Prompt.Pooled ?? throw new ArgumentException("Prompt.Pooled is missing: a U-ViT needs a vector of the whole text.", nameof(input));
        Tensor micro = input.Micro ?? throw new ArgumentException("Micro is missing: a U-ViT needs sizes, crop and score.", nameof(input));
        using DisposeScope scope = NewDisposeScope();
        Tensor text = model.Text(input.Prompt.Embeddings);
        Tensor condition = model.cond_embed.forward(pooled, micro);
        (Tensor Keys, Tensor Values)[] projected = Project(text);
        return new Conditioning(
            [.. projected.Select(p => p.Keys)], [.. projected.Select(p => p.Values)], Conditioning.BiasOf(input.Prompt.Mask), modulations: Modulations(condition)).MoveToOuter(scope);
    }

    /// <summary>The keys and values of every attention to the text.</summary>
    /// <param name="text">[N, S, hidden_size]: what <see cref="UVit2DModel.Text"/> gave.</param>
    internal (Tensor Keys, Tensor Values)[] Project(Tensor text) =>
    [
        .. model.down_block.attention_blocks.SelectMany(b => b.Project(text)),
        .. model.transformer_layers.Select(l => l.attn2.Project(text)),
        .. model.up_block.attention_blocks.SelectMany(b => b.Project(text)),
    ];

    /// <summary>The scales and shifts of every normalisation and convolution that is conditioned.</summary>
    /// <param name="condition">[N, hidden_size].</param>
    internal Tensor[] Modulations(Tensor condition) =>
    [
        .. model.down_block.res_blocks.Select(b => b.Modulation(condition)),
        .. model.transformer_layers.SelectMany(l => new[] { l.norm1, l.norm2, l.norm3 }).Select(n => n.Modulation(condition)),
        .. model.up_block.res_blocks.Select(b => b.Modulation(condition)),
    ];

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor grid = model.embed.forward(tokens);
        if (model.down_block.downsample is { } halve)
            grid = halve.forward(grid);
        var (height, width) = ((int)grid.size(2), (int)grid.size(3));
        Tensor x = Block(model.down_block, layout.Ungrouped.Lay(grid), layout, conditioning, height, width, 0, 0, shared: true);
        x = Transform(x, layout, conditioning);
        x = Block(model.up_block, x, layout, conditioning, height, width, (2 * Blocks) + Layers, Blocks + (3 * Layers), shared: false);
        if (model.up_block.upsample is { } twice)
        {
            Tensor places = twice.forward(layout.Grids(x, height, width)).permute(0, 2, 3, 1).flatten(0, 2);
            x = rows is null ? places : places.index_select(0, rows);
        }
        else
        {
            x = rows is null ? layout.ByGroup(x).reshape(-1, x.size(2)) : x.view(-1, x.size(2)).index_select(0, layout.Order(rows));
        }

        return scope.MoveToOuter(model.mlm_layer.Places(x).to(float32));
    }

    private Tensor Block(
        UVitBlock block, Tensor x, RowLayout layout, Conditioning conditioning, int height, int width, int keys, int modulation, bool shared)
    {
        for (int i = 0; i < Blocks; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            // Groups differ by their conditions alone, and the first block's convolution comes before any.
            Tensor convolved = shared && i == 0
                ? layout.Share(block.res_blocks[i].Convolve(x, layout.Ungrouped, height, width))
                : block.res_blocks[i].Convolve(x, layout, height, width);
            layout.Modulate(convolved, conditioning.Modulations[modulation + i]);
            x = scope.MoveToOuter(block.attention_blocks[i].Rows(convolved, layout, conditioning, keys + (2 * i)));
        }

        return x;
    }

    private Tensor Transform(Tensor x, RowLayout layout, Conditioning conditioning)
    {
        x = model.ToHiddenRows(x);
        for (int i = 0; i < Layers; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            x = scope.MoveToOuter(model.transformer_layers[i].Rows(x, layout, conditioning, (2 * Blocks) + i, Blocks + (3 * i)));
        }

        return model.FromHidden(x);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
