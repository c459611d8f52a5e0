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
public sealed class UVit2DModel : nn.Module
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
        Tensor text = Text(encoderHiddenStates);
        Tensor condition = cond_embed.forward(pooledTextEmb, microConds);
        Tensor grid = down_block.forward(embed.forward(inputIds), text, condition);
        Tensor hidden = ToHidden(grid);
        foreach (UVitTransformerLayer layer in transformer_layers)
            hidden = layer.forward(hidden, text, condition);
        Tensor back = FromHidden(hidden).transpose(1, 2).reshape(grid.shape);
        return scope.MoveToOuter(mlm_layer.forward(up_block.forward(back, text, condition)).to(float32));
    }

    /// <summary>What every attention to the text sees.</summary>
    /// <param name="encoderHiddenStates">[B, L, encoder_hidden_size].</param>
    /// <returns>[B, L, hidden_size].</returns>
    internal Tensor Text(Tensor encoderHiddenStates)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(encoder_proj_layer_norm.forward(encoder_proj.forward(encoderHiddenStates.to(encoder_proj.weight.dtype))));
    }

    /// <summary>A grid as the transformer takes it.</summary>
    /// <param name="grid">[B, block_out_channels, H, W].</param>
    /// <returns>[B, H W, hidden_size].</returns>
    internal Tensor ToHidden(Tensor grid) => ToHiddenRows(grid.flatten(2).transpose(1, 2));

    /// <summary>Rows as the transformer takes them.</summary>
    /// <param name="rows">[..., block_out_channels].</param>
    /// <returns>[..., hidden_size].</returns>
    internal Tensor ToHiddenRows(Tensor rows)
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
        long[] ids = Shape(inputIds, nameof(inputIds));
        if (ids.Length != 3 || ids[1] < 1 || ids[2] < 1)
            throw Wrong(nameof(inputIds), ids, "[B, H, W] with H and W at least 1");
        if (Config.Downsample && (ids[1] % 2 != 0 || ids[2] % 2 != 0))
            throw Wrong(nameof(inputIds), ids, "even H and W, which downsample halves");
        long[] text = Shape(encoderHiddenStates, nameof(encoderHiddenStates));
        if (text.Length != 3 || text[0] != ids[0] || text[1] < 1 || text[2] != Config.EncoderHiddenSize)
            throw Wrong(nameof(encoderHiddenStates), text, $"[{ids[0]}, L, {Config.EncoderHiddenSize}] with L at least 1");
        long[] pooled = Shape(pooledTextEmb, nameof(pooledTextEmb));
        if (!pooled.AsSpan().SequenceEqual([ids[0], Config.CondEmbedDim]))
            throw Wrong(nameof(pooledTextEmb), pooled, $"[{ids[0]}, {Config.CondEmbedDim}]");
        long[] micro = Shape(microConds, nameof(microConds));
        if (!micro.AsSpan().SequenceEqual([ids[0], Config.MicroConds]))
            throw Wrong(nameof(microConds), micro, $"[{ids[0]}, {Config.MicroConds}]");
    }

    private static long[] Shape(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        return tensor.shape;
    }

    private static ArgumentException Wrong(string name, long[] shape, string expected) =>
        new($"{name} has shape [{string.Join(", ", shape)}]; expected {expected}", name);
}
