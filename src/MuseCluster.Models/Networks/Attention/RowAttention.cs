using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Attention;

/// <summary>
/// Multi-head attention over the rows of a pass (Vaswani et al., arXiv 1706.03762, section 3.2), on the processor where that
/// serves, by libtorch otherwise.
/// </summary>
internal static class RowAttention
{
    /// <summary>Attention within each group of a pass.</summary>
    /// <param name="projected">[Pictures, Rows, 3 x dim]: queries, keys and values beside each other.</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[Pictures, Rows, dim], zero in padding rows.</returns>
    internal static Tensor Self(Tensor projected, RowLayout layout, int heads)
    {
        var headDim = (int)projected.size(2) / 3 / heads;
        if (HostAttention.Serves(projected, headDim))
            return HostAttention.Self(projected, layout, heads);
        var parts = projected.narrow(1, 0, layout.Used)
            .reshape(layout.Sequences, layout.Positions, 3, heads, headDim)
            .permute(2, 0, 3, 1, 4)
            .reshape(3, layout.Sequences * heads, layout.Positions, headDim);
        var attended = ScaledDotProduct.Attend(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), bias: null, heads);
        return ScaledDotProduct.Merge(attended, layout, heads);
    }

    /// <summary>Attention within each group of a pass, of queries, keys and values that lie apart.</summary>
    /// <param name="queries">[Pictures, Rows, dim].</param>
    /// <param name="keys">[Pictures, Rows, dim].</param>
    /// <param name="values">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[Pictures, Rows, dim], zero in padding rows.</returns>
    internal static Tensor Self(Tensor queries, Tensor keys, Tensor values, RowLayout layout, int heads) =>
        HostAttention.Serves(queries, (int)queries.size(2) / heads)
            ? HostAttention.Self(queries, keys, values, layout, heads)
            : Self(cat([queries, keys, values], -1), layout, heads);

    /// <summary>Attention to keys and values that were projected once per picture.</summary>
    /// <param name="queries">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="keys">[Sequences x heads, S, head dim].</param>
    /// <param name="values">[Sequences x heads, S, head dim].</param>
    /// <param name="bias">[Sequences, 1, 1, S].</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[Pictures, Rows, dim], zero in padding rows.</returns>
    internal static Tensor Cross(Tensor queries, RowLayout layout, Tensor keys, Tensor values, Tensor bias, int heads)
    {
        var headDim = (int)keys.size(-1);
        if (HostAttention.Serves(queries, headDim) && keys.is_contiguous() && values.is_contiguous())
            return HostAttention.Cross(queries, layout, keys, values, bias, heads);
        var each = queries.narrow(1, 0, layout.Used)
            .reshape(layout.Sequences, layout.Positions, heads, headDim)
            .permute(0, 2, 1, 3)
            .reshape(layout.Sequences * heads, layout.Positions, headDim);
        return ScaledDotProduct.Merge(ScaledDotProduct.Attend(each, keys, values, bias, heads), layout, heads);
    }

    /// <summary>Rows of a context to the keys or values of each head.</summary>
    /// <param name="projected">[sequences, S, dim].</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[sequences x heads, S, head dim], contiguous.</returns>
    internal static Tensor SplitHeads(Tensor projected, int heads)
    {
        var sizes = projected.shape;
        return projected.view(sizes[0], sizes[1], heads, sizes[2] / heads)
            .transpose(1, 2)
            .reshape(sizes[0] * heads, sizes[1], sizes[2] / heads);
    }
}
