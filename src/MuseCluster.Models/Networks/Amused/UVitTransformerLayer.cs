using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// A layer of the transformer: self-attention, cross-attention and feed-forward, each added to what it was given and each
/// behind a normalisation that the condition scales and shifts (<c>BasicTransformerBlock</c> of diffusers'
/// <c>models/attention.py</c> with <c>ada_norm_continuous</c>).
/// </summary>
internal sealed class UVitTransformerLayer : nn.Module
{
    /// <summary>Makes a layer; its projections are unset.</summary>
    internal UVitTransformerLayer(UVit2DConfig config)
        : base(nameof(UVitTransformerLayer))
    {
        norm1 = new AdaLayerNormContinuous(config, UVitNorm.Make(config.HiddenSize, config));
        attn1 = new UVitAttention(config.HiddenSize, config.NumAttentionHeads, config.UseBias);
        norm2 = new AdaLayerNormContinuous(config, UVitNorm.Make(config.HiddenSize, config));
        attn2 = new UVitAttention(config.HiddenSize, config.NumAttentionHeads, config.UseBias);
        norm3 = new AdaLayerNormContinuous(config, UVitNorm.MakeForFeedForward(config));
        ff = new GegluFeedForward(config);
        RegisterComponents();
    }

    /// <summary>Before self-attention.</summary>
    internal AdaLayerNormContinuous norm1 { get; }

    /// <summary>Self-attention.</summary>
    internal UVitAttention attn1 { get; }

    /// <summary>Before cross-attention.</summary>
    internal AdaLayerNormContinuous norm2 { get; }

    /// <summary>Attention to the text.</summary>
    internal UVitAttention attn2 { get; }

    /// <summary>Before the feed-forward layer: a layer normalisation whatever the others are.</summary>
    internal AdaLayerNormContinuous norm3 { get; }

    /// <summary>The feed-forward layer.</summary>
    internal GegluFeedForward ff { get; }

    /// <summary>Computes the layer.</summary>
    /// <param name="rows">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys, values and modulations of all layers.</param>
    /// <param name="keys">Which keys and values are this layer's.</param>
    /// <param name="modulation">Which modulation is this layer's first.</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    internal Tensor Rows(Tensor rows, RowLayout layout, Conditioning conditioning, int keys, int modulation)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = attn1.Self(norm1.Rows(rows, layout, conditioning.Modulations[modulation]), layout).add_(rows);
        Tensor informed = attn2.Cross(norm2.Rows(attended, layout, conditioning.Modulations[modulation + 1]), layout, conditioning, keys).add_(attended);
        return scope.MoveToOuter(ff.forward(norm3.Rows(informed, layout, conditioning.Modulations[modulation + 2])).add_(informed));
    }
}
