using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Multi-head self-attention within each group of a pass (Vaswani et al., arXiv 1706.03762, section 3.2).</summary>
internal sealed class SelfAttention : nn.Module
{
    private readonly int _dim, _heads;
    private readonly Linear qkv, output;

    internal SelfAttention(int dim, int heads, double outputScale)
        : base(nameof(SelfAttention))
    {
        _dim = dim;
        _heads = heads;
        qkv = Initial.Linear(dim, 3 * dim, hasBias: false);
        output = Initial.Linear(dim, dim, hasBias: false, scale: outputScale);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="x">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <returns>[Pictures, Rows, dim]; padding rows are projections of zero.</returns>
    internal Tensor forward(Tensor x, RowLayout layout)
    {
        var projected = qkv.forward(x);
        if (HostAttention.Serves(projected, _dim / _heads))
            return output.forward(HostAttention.Self(projected, layout, _heads));
        var parts = projected.narrow(1, 0, layout.Used)
            .reshape(layout.Sequences, layout.Positions, 3, _heads, _dim / _heads)
            .permute(2, 0, 3, 1, 4)
            .reshape(3, layout.Sequences * _heads, layout.Positions, _dim / _heads);
        var attended = ScaledDotProduct.Attend(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), bias: null, _heads);
        return output.forward(ScaledDotProduct.Merge(attended, layout, _heads));
    }
}
