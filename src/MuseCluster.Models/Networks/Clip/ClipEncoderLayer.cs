using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>
/// A block: x + attention(norm(x)), then x + mlp(norm(x)) (<c>CLIPEncoderLayer</c> of transformers'
/// <c>models/clip/modeling_clip.py</c>).
/// </summary>
internal sealed class ClipEncoderLayer : nn.Module
{
    private readonly ClipAttention self_attn;
    private readonly LayerNorm layer_norm1;
    private readonly ClipMlp mlp;
    private readonly LayerNorm layer_norm2;

    /// <summary>Makes a block; its projections are unset.</summary>
    internal ClipEncoderLayer(ClipTextConfig config)
        : base(nameof(ClipEncoderLayer))
    {
        self_attn = new ClipAttention(config);
        layer_norm1 = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        mlp = new ClipMlp(config);
        layer_norm2 = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    /// <summary>Computes the block.</summary>
    /// <param name="hidden">[B, L, hidden_size].</param>
    /// <param name="bias">[1 or B, 1, L, L], added to attention's scores.</param>
    /// <returns>[B, L, hidden_size].</returns>
    internal Tensor forward(Tensor hidden, Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = hidden.add(self_attn.forward(layer_norm1.forward(hidden), bias));
        return scope.MoveToOuter(attended.add(mlp.forward(layer_norm2.forward(attended))));
    }
}
