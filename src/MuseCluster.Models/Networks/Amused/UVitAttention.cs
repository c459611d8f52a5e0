using MuseCluster.Models.Networks.Attention;
using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// Multi-head attention of one width: <c>to_q</c>, <c>to_k</c>, <c>to_v</c>, <c>to_out.0</c> (diffusers'
/// <c>models/attention_processor.py</c>). Serves as self-attention and as cross-attention.
/// </summary>
internal sealed class UVitAttention : nn.Module
{
    private readonly Projection to_q, to_k, to_v;
    private readonly ModuleList<Projection> to_out;
    private readonly long heads;

    /// <summary>Makes an attention; its weights are unset.</summary>
    /// <param name="width">Width of queries, memory and result.</param>
    /// <param name="heads">Heads, a divisor of the width.</param>
    /// <param name="bias">Whether its projections add a bias.</param>
    internal UVitAttention(long width, long heads, bool bias)
        : base(nameof(UVitAttention))
    {
        this.heads = heads;
        to_q = new Projection(width, width, bias);
        to_k = new Projection(width, width, bias);
        to_v = new Projection(width, width, bias);
        // The reference's second is its dropout.
        to_out = new ModuleList<Projection>(new Projection(width, width, bias));
        RegisterComponents();
    }

    /// <summary>The keys and values of a memory that stays the same over many passes.</summary>
    /// <param name="memory">[N, S, width].</param>
    /// <returns>Each [N x heads, S, head width].</returns>
    internal (Tensor Keys, Tensor Values) Project(Tensor memory) =>
        (RowAttention.SplitHeads(to_k.forward(memory), (int)heads), RowAttention.SplitHeads(to_v.forward(memory), (int)heads));

    /// <summary>Attends to such a memory.</summary>
    /// <param name="rows">[Pictures, Rows, width].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys and values of all attentions.</param>
    /// <param name="index">Which are this one's.</param>
    /// <returns>[Pictures, Rows, width].</returns>
    internal Tensor Cross(Tensor rows, RowLayout layout, Conditioning conditioning, int index) => to_out[0].forward(
        RowAttention.Cross(to_q.forward(rows), layout, conditioning.Keys[index], conditioning.Values[index], conditioning.Bias, (int)heads));

    /// <summary>Attends within each group of a pass.</summary>
    /// <param name="rows">[Pictures, Rows, width].</param>
    /// <param name="layout">How they lie.</param>
    /// <returns>[Pictures, Rows, width].</returns>
    internal Tensor Self(Tensor rows, RowLayout layout) => to_out[0].forward(RowAttention.Self(
        to_q.forward(rows), to_k.forward(rows), to_v.forward(rows), layout, (int)heads));
}
