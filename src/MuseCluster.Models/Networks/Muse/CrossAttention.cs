using MuseCluster.Models.Networks.Attention;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Multi-head attention to keys and values that were projected once per picture.</summary>
internal sealed class CrossAttention : nn.Module
{
    private readonly int _dim, _heads;
    private readonly Linear query, key_value, output;

    internal CrossAttention(int dim, int heads, double outputScale)
        : base(nameof(CrossAttention))
    {
        _dim = dim;
        _heads = heads;
        query = Initial.Linear(dim, dim, hasBias: false);
        key_value = Initial.Linear(dim, 2 * dim, hasBias: false);
        output = Initial.Linear(dim, dim, hasBias: false, scale: outputScale);
        RegisterComponents();
    }

    /// <summary>Projects a context to keys and values.</summary>
    /// <param name="context">[sequences, S, dim].</param>
    /// <returns>Keys and values, each [sequences x heads, S, head dim].</returns>
    internal (Tensor Keys, Tensor Values) Project(Tensor context)
    {
        var sizes = context.shape;
        var parts = key_value.forward(context)
            .reshape(sizes[0], sizes[1], 2, _heads, _dim / _heads)
            .permute(2, 0, 3, 1, 4)
            .reshape(2, sizes[0] * _heads, sizes[1], _dim / _heads);
        return (parts.select(0, 0), parts.select(0, 1));
    }

    /// <summary>Attends.</summary>
    /// <param name="x">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="keys">[Sequences x heads, S, head dim].</param>
    /// <param name="values">[Sequences x heads, S, head dim].</param>
    /// <param name="bias">[Sequences, 1, 1, S].</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor forward(Tensor x, RowLayout layout, Tensor keys, Tensor values, Tensor bias) =>
        output.forward(RowAttention.Cross(query.forward(x), layout, keys, values, bias, _heads));
}
