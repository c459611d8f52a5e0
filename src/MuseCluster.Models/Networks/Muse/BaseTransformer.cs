using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Muse's base model (arXiv 2301.00704, section 2.3): text to a grid of low-resolution tokens.</summary>
public sealed class BaseTransformer : nn.Module, IMaskedTransformer
{
    private readonly Embedding tokens;
    private readonly PositionEmbedding2d positions;
    private readonly TextProjection text;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">The configuration cannot be built.</exception>
    public BaseTransformer(BaseTransformerConfig config)
        : base(nameof(BaseTransformer))
    {
        config.Validate();
        Config = config;
        tokens = Initial.Embedding(config.CodebookSize + 1, config.Dim, std: 0.5);
        positions = new PositionEmbedding2d(config.GridSize, config.Dim);
        text = new TextProjection(config.TextDim, config.Dim);
        blocks = nn.ModuleList(Enumerable.Range(0, config.Layers)
            .Select(_ => new TransformerBlock(config.Dim, config.Heads, config.MlpDim, config.Layers, cross: true)).ToArray());
        norm = nn.LayerNorm(config.Dim);
        head = Initial.Linear(config.Dim, config.CodebookSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public MuseTransformerConfig Config { get; }

    /// <inheritdoc/>
    public int Positions => Config.Tokens;

    /// <summary>Projects texts to every layer's keys and values.</summary>
    /// <param name="embeddings">[N, TextLength, TextDim].</param>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <returns>The conditioning of N sequences.</returns>
    public Conditioning Condition(Tensor embeddings, Tensor mask)
    {
        var context = text.forward(embeddings);
        var projected = blocks.Select(b => b.Project(context)).ToArray();
        return new Conditioning([.. projected.Select(p => p.Keys)], [.. projected.Select(p => p.Values)], TextProjection.Bias(mask));
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        var x = positions.forward(this.tokens.forward(tokens));
        if (layout.Groups > 1)
            x = cat([.. Enumerable.Repeat(x, layout.Groups)], 1);
        if (layout.Rows > layout.Used)
            x = nn.functional.pad(x, [0, 0, 0, layout.Rows - layout.Used]);
        for (var i = 0; i < blocks.Count; i++)
            x = blocks[i].forward(x, layout, conditioning, i);
        var used = x.narrow(1, 0, layout.Used).reshape(-1, Config.Dim);
        return head.forward(norm.forward(rows is null ? used : used.index_select(0, rows)));
    }
}
