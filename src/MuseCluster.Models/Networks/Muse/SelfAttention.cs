using MuseCluster.Models.Networks.Attention;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Multi-head self-attention within each group of a pass (Vaswani et al., arXiv 1706.03762, section 3.2).</summary>
internal sealed class SelfAttention : nn.Module
{
    private readonly int _heads;
    private readonly Linear qkv, output;

    internal SelfAttention(int dim, int heads, double outputScale)
        : base(nameof(SelfAttention))
    {
        _heads = heads;
        qkv = Initial.Linear(dim, 3 * dim, hasBias: false);
        output = Initial.Linear(dim, dim, hasBias: false, scale: outputScale);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="x">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <returns>[Pictures, Rows, dim]; padding rows are projections of zero.</returns>
    internal Tensor forward(Tensor x, RowLayout layout) => output.forward(RowAttention.Self(qkv.forward(x), layout, _heads));
}
