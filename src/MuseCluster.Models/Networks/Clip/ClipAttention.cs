using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>CLIP's multi-head self-attention, with biases (<c>CLIPAttention</c> of transformers' <c>models/clip/modeling_clip.py</c>).</summary>
internal sealed class ClipAttention : nn.Module
{
    private readonly Projection k_proj, v_proj, q_proj, out_proj;
    private readonly long heads;

    /// <summary>Makes an attention; its weights are unset.</summary>
    internal ClipAttention(ClipTextConfig config)
        : base(nameof(ClipAttention))
    {
        heads = config.NumAttentionHeads;
        k_proj = new Projection(config.HiddenSize, config.HiddenSize, hasBias: true);
        v_proj = new Projection(config.HiddenSize, config.HiddenSize, hasBias: true);
        q_proj = new Projection(config.HiddenSize, config.HiddenSize, hasBias: true);
        out_proj = new Projection(config.HiddenSize, config.HiddenSize, hasBias: true);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="hidden">[B, L, hidden_size].</param>
    /// <param name="bias">[1 or B, 1, L, L], added to the scores: query, then key.</param>
    /// <returns>[B, L, hidden_size].</returns>
    internal Tensor forward(Tensor hidden, Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mixed = nn.functional.scaled_dot_product_attention(
            SplitHeads(q_proj.forward(hidden)), SplitHeads(k_proj.forward(hidden)), SplitHeads(v_proj.forward(hidden)), bias);
        return scope.MoveToOuter(out_proj.forward(mixed.transpose(1, 2).reshape(hidden.shape)));
    }

    private Tensor SplitHeads(Tensor x) => x.unflatten(-1, heads, x.size(-1) / heads).transpose(1, 2);
}
