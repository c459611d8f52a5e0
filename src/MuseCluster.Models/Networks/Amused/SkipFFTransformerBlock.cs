using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// Two attentions to the text, one after the other, without a feed-forward layer. The text is first brought to the block's
/// width, kv_mapper(silu(text)), where the two differ (diffusers' <c>models/attention.py</c>).
/// </summary>
internal sealed class SkipFFTransformerBlock : nn.Module
{
    private readonly Projection? kv_mapper;
    private readonly nn.Module<Tensor, Tensor> norm1, norm2;
    private readonly UVitAttention attn1, attn2;

    /// <summary>Makes a block; its projections are unset.</summary>
    internal SkipFFTransformerBlock(UVit2DConfig config)
        : base(nameof(SkipFFTransformerBlock))
    {
        long channels = config.BlockOutChannels;
        kv_mapper = config.HiddenSize == channels ? null : new Projection(config.HiddenSize, channels, config.UseBias);
        norm1 = UVitNorm.MakeForBlock(config);
        attn1 = new UVitAttention(channels, config.BlockNumHeads, config.UseBias);
        norm2 = UVitNorm.MakeForBlock(config);
        attn2 = new UVitAttention(channels, config.BlockNumHeads, config.UseBias);
        RegisterComponents();
    }

    /// <summary>The keys and values of both attentions.</summary>
    /// <param name="text">[N, S, hidden_size].</param>
    internal (Tensor Keys, Tensor Values)[] Project(Tensor text)
    {
        Tensor memory = kv_mapper is null ? text : kv_mapper.forward(text.silu());
        return [attn1.Project(memory), attn2.Project(memory)];
    }

    /// <summary>Computes the block.</summary>
    /// <param name="rows">[Pictures, Rows, channels].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys and values of all attentions.</param>
    /// <param name="index">Which are this block's first.</param>
    /// <returns>[Pictures, Rows, channels].</returns>
    internal Tensor Rows(Tensor rows, RowLayout layout, Conditioning conditioning, int index)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor once = attn1.Cross(norm1.forward(rows), layout, conditioning, index).add_(rows);
        return scope.MoveToOuter(attn2.Cross(norm2.forward(once), layout, conditioning, index + 1).add_(once));
    }
}
