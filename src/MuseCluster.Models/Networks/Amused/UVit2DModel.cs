using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// aMUSEd's transformer (arXiv 2401.01808, section 3): a grid of tokens, some of them masked, and a text to logits for every
/// place. A U-ViT: convolutions with attention to the text, a transformer, convolutions again, all conditioned on the pooled
/// text and on what size, crop and score the picture is to have. Its parameters have the names of diffusers'
/// <c>UVit2DModel</c> (<c>models/unets/uvit_2d.py</c>). Nothing is dropped out.
/// </summary>
/// <remarks>Made by <see cref="UVit2DCheckpoint"/>. There are no positions: the convolutions tell them, so a grid may have any size.</remarks>
public sealed class UVit2DModel : nn.Module, IMaskedTransformer
{
    private readonly Projection encoder_proj, project_to_hidden, project_from_hidden;
    private readonly nn.Module<Tensor, Tensor> project_to_hidden_norm, project_from_hidden_norm;

    internal UVit2DModel(UVit2DConfig config)
        : base(nameof(UVit2DModel))
    {
        config.Validate();
        Config = config;
        encoder_proj = new Projection(config.EncoderHiddenSize, config.HiddenSize, config.UseBias);
        encoder_proj_layer_norm = UVitNorm.Make(config.HiddenSize, config);
        embed = new UVit2DConvEmbed(config);
        cond_embed = new MicroConditioning(config);
        down_block = new UVitBlock(config, config.Downsample, up: false);
        project_to_hidden_norm = UVitNorm.Make(config.BlockOutChannels, config);
        project_to_hidden = new Projection(config.BlockOutChannels, config.HiddenSize, config.UseBias);
        transformer_layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new UVitTransformerLayer(config))]);
        project_from_hidden_norm = UVitNorm.Make(config.HiddenSize, config);
        project_from_hidden = new Projection(config.HiddenSize, config.BlockOutChannels, config.UseBias);
        up_block = new UVitBlock(config, down: false, config.Upsample);
        mlm_layer = new ConvMlmLayer(config);
        RegisterComponents();
    }

    /// <summary>The network.</summary>
    public UVit2DConfig Config { get; }

    /// <inheritdoc/>
    public MaskedTransformerShape Shape => Config.Shape;

    /// <summary>Normalises the projected text.</summary>
    internal nn.Module<Tensor, Tensor> encoder_proj_layer_norm { get; }

    /// <summary>Tokens to vectors.</summary>
    internal UVit2DConvEmbed embed { get; }

    /// <summary>The condition.</summary>
    internal MicroConditioning cond_embed { get; }

    /// <summary>Before the transformer.</summary>
    internal UVitBlock down_block { get; }

    /// <summary>The transformer.</summary>
    internal ModuleList<UVitTransformerLayer> transformer_layers { get; }

    /// <summary>After the transformer.</summary>
    internal UVitBlock up_block { get; }

    /// <summary>Vectors to logits.</summary>
    internal ConvMlmLayer mlm_layer { get; }

    /// <summary>Computes logits.</summary>
    /// <param name="inputIds">
    /// [B, H, W] int64 on the weights' device, each in [0, vocab_size): codes, or <see cref="UVit2DConfig.MaskTokenId"/>. With
    /// <see cref="UVit2DConfig.Downsample"/>, H and W are even.
    /// </param>
    /// <param name="encoderHiddenStates">[B, L, encoder_hidden_size]: CLIP's penultimate hidden states.</param>
    /// <param name="pooledTextEmb">[B, cond_embed_dim]: CLIP's embedding of the text.</param>
    /// <param name="microConds">[B, 5]: width and height of the picture, left and top of its crop, aesthetic score.</param>
    /// <returns>[B, codebook_size, H, W] float32.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public Tensor forward(Tensor inputIds, Tensor encoderHiddenStates, Tensor pooledTextEmb, Tensor microConds)
    {
        CheckShapes(inputIds, encoderHiddenStates, pooledTextEmb, microConds);
        using DisposeScope scope = NewDisposeScope();
        var (batch, height, width) = ((int)inputIds.size(0), (int)inputIds.size(1), (int)inputIds.size(2));
        int positions = Shape.At(height, width).Positions;
        Tensor logits = Logits(inputIds, new RowLayout(batch, 1, positions, positions), Condition(encoderHiddenStates, null, pooledTextEmb, microConds), rows: null);
        return scope.MoveToOuter(logits.view(batch, height, width, Config.CodebookSize).permute(0, 3, 1, 2));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Needs a pooled vector of each text and the numbers of the micro-conditioning. The text's keys and values and the condition's scales
    /// and shifts are projected here, once for all steps; they lie in the order in which they are used.
    /// </remarks>
    public Conditioning Condition(ConditioningInput input) => Condition(
        input.Prompt.Embeddings,
        input.Prompt.Mask,
        input.Prompt.Pooled ?? throw new ArgumentException("Prompt.Pooled is missing: a U-ViT needs a vector of the whole text.", nameof(input)),
        input.Micro ?? throw new ArgumentException("Micro is missing: a U-ViT needs sizes, crop and score.", nameof(input)));

    /// <inheritdoc/>
    /// <remarks>What lies before the first condition is computed once for all groups of a picture, logits only where they are asked for.</remarks>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        using DisposeScope scope = NewDisposeScope();
        int side = down_block.downsample is null ? 1 : 2;
        var (height, width, blocks, layers) = ((int)tokens.size(1) / side, (int)tokens.size(2) / side, Config.NumResBlocks, Config.NumHiddenLayers);
        Tensor x = down_block.Rows(Embed(tokens, layout, height, width, side), shared: true, layout, height, width, conditioning, 0, 0);
        x = Transform(ToHidden(x), layout, conditioning);
        x = up_block.Rows(FromHidden(x), shared: false, layout, height, width, conditioning, (2 * blocks) + layers, blocks + (3 * layers));
        if (up_block.upsample is { } twice)
        {
            Tensor all = rows ?? arange(layout.Sequences * (long)layout.Positions * UVitResample.Places, int64, x.device);
            x = twice.forward(x).view(-1, x.size(2)).index_select(0, InSquares(all, layout, height, width));
        }
        else
        {
            x = layout.Choose(x, rows);
        }

        return scope.MoveToOuter(mlm_layer.forward(x).to(float32));
    }

    // A position of the transformer holds a square of tokens, one or four. Their projections are matrix products too, whose rows need
    // the layout's padding as much as those that follow; what becomes of it nobody reads.
    private Tensor Embed(Tensor tokens, RowLayout layout, int height, int width, int side)
    {
        Tensor squares = tokens.view(layout.Pictures, height, side, width, side).permute(0, 1, 3, 2, 4).reshape(layout.Pictures, layout.Positions, side * side);
        Tensor rows = embed.forward(nn.functional.pad(squares, [0, 0, 0, layout.GridRows - layout.Positions]).flatten(1));
        return down_block.downsample is { } halve ? halve.forward(rows) : rows;
    }

    /// <summary>Where tokens of sequences lie among the squares that doubling gives.</summary>
    private static Tensor InSquares(Tensor rows, RowLayout layout, int height, int width)
    {
        int across = 2 * width, tokens = 4 * height * width;
        Tensor token = rows.remainder(tokens), y = token.floor_divide(across), x = token.remainder(across);
        Tensor position = rows.floor_divide(tokens).mul(layout.Positions).add(y.floor_divide(2).mul(width)).add(x.floor_divide(2));
        return layout.Order(position).mul(UVitResample.Places).add(y.remainder(2).mul(2)).add(x.remainder(2));
    }

    /// <summary>Runs the transformer's layers.</summary>
    /// <param name="hidden">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="conditioning">The keys, values and modulations of the whole network.</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    private Tensor Transform(Tensor hidden, RowLayout layout, Conditioning conditioning)
    {
        foreach (var (layer, i) in transformer_layers.Select((l, i) => (l, i)))
        {
            Tensor next = layer.Rows(hidden, layout, conditioning, (2 * Config.NumResBlocks) + i, Config.NumResBlocks + (3 * i));
            hidden.Dispose();
            hidden = next;
        }

        return hidden;
    }

    private Conditioning Condition(Tensor text, Tensor? mask, Tensor pooled, Tensor micro)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bias = mask is null ? zeros([text.size(0), 1, 1, text.size(1)], device: text.device) : Conditioning.BiasOf(mask);
        return Conditioning.Of(Project(Text(text)), bias, modulations: Modulations(cond_embed.forward(pooled, micro))).MoveToOuter(scope);
    }

    /// <summary>The keys and values of every attention to the text.</summary>
    /// <param name="text">[N, S, hidden_size]: what <see cref="Text"/> gave.</param>
    internal IEnumerable<(Tensor Keys, Tensor Values)> Project(Tensor text) =>
        [.. down_block.Project(text), .. transformer_layers.Select(l => l.attn2.Project(text)), .. up_block.Project(text)];

    /// <summary>The scales and shifts of every normalisation and convolution that is conditioned.</summary>
    /// <param name="condition">[N, hidden_size].</param>
    internal IEnumerable<Tensor> Modulations(Tensor condition) =>
    [
        .. down_block.res_blocks.Select(b => b.Modulation(condition)),
        .. transformer_layers.SelectMany(l => new[] { l.norm1, l.norm2, l.norm3 }).Select(n => n.Modulation(condition)),
        .. up_block.res_blocks.Select(b => b.Modulation(condition)),
    ];

    /// <summary>What every attention to the text sees.</summary>
    /// <param name="encoderHiddenStates">[B, L, encoder_hidden_size].</param>
    /// <returns>[B, L, hidden_size].</returns>
    internal Tensor Text(Tensor encoderHiddenStates)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(encoder_proj_layer_norm.forward(encoder_proj.forward(encoderHiddenStates.to(encoder_proj.weight.dtype))));
    }

    /// <summary>Rows as the transformer takes them.</summary>
    /// <param name="rows">[..., block_out_channels].</param>
    /// <returns>[..., hidden_size].</returns>
    internal Tensor ToHidden(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(project_to_hidden.forward(project_to_hidden_norm.forward(rows)));
    }

    /// <summary>What the transformer gives at the blocks' width.</summary>
    /// <param name="hidden">[B, H W, hidden_size].</param>
    /// <returns>[B, H W, block_out_channels].</returns>
    internal Tensor FromHidden(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(project_from_hidden.forward(project_from_hidden_norm.forward(hidden)));
    }

    private void CheckShapes(Tensor inputIds, Tensor encoderHiddenStates, Tensor pooledTextEmb, Tensor microConds)
    {
        long[] ids = ShapeOf(inputIds, nameof(inputIds));
        if (ids.Length != 3 || ids[1] < 1 || ids[2] < 1)
            throw Wrong(nameof(inputIds), ids, "[B, H, W] with H and W at least 1");
        if (Config.Downsample && (ids[1] % 2 != 0 || ids[2] % 2 != 0))
            throw Wrong(nameof(inputIds), ids, "even H and W, which downsample halves");
        long[] text = ShapeOf(encoderHiddenStates, nameof(encoderHiddenStates));
        if (text.Length != 3 || text[0] != ids[0] || text[1] < 1 || text[2] != Config.EncoderHiddenSize)
            throw Wrong(nameof(encoderHiddenStates), text, $"[{ids[0]}, L, {Config.EncoderHiddenSize}] with L at least 1");
        long[] pooled = ShapeOf(pooledTextEmb, nameof(pooledTextEmb));
        if (!pooled.AsSpan().SequenceEqual([ids[0], Config.CondEmbedDim]))
            throw Wrong(nameof(pooledTextEmb), pooled, $"[{ids[0]}, {Config.CondEmbedDim}]");
        long[] micro = ShapeOf(microConds, nameof(microConds));
        if (!micro.AsSpan().SequenceEqual([ids[0], Config.MicroConds]))
            throw Wrong(nameof(microConds), micro, $"[{ids[0]}, {Config.MicroConds}]");
    }

    private static long[] ShapeOf(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        return tensor.shape;
    }

    private static ArgumentException Wrong(string name, long[] shape, string expected) =>
        new($"{name} has shape [{string.Join(", ", shape)}]; expected {expected}", name);
}
