using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Attention;

/// <summary>softmax(q k^T / sqrt(d) + bias) v over lists of heads. bmm rounds a picture the same in any batch.</summary>
internal static class ScaledDotProduct
{
    /// <summary>Attends.</summary>
    /// <param name="queries">[sequences x heads, n, d].</param>
    /// <param name="keys">[sequences x heads, S, d].</param>
    /// <param name="values">[sequences x heads, S, d].</param>
    /// <param name="bias">[sequences, 1, 1, S] added to the scores, or null.</param>
    /// <param name="heads">Heads per sequence.</param>
    /// <returns>[sequences x heads, n, d].</returns>
    internal static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? bias, int heads)
    {
        var scores = queries.mul(1 / Math.Sqrt(queries.size(-1))).bmm(keys.transpose(1, 2));
        if (bias is not null)
        {
            var sizes = scores.shape;
            scores = scores.view(sizes[0] / heads, heads, sizes[1], sizes[2]).add(bias).view(sizes);
        }
        return scores.softmax(-1).bmm(values);
    }

    /// <summary>Heads back into rows, with the layout's padding.</summary>
    /// <param name="attended">[Sequences x heads, Positions, d].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="heads">Heads per sequence.</param>
    /// <returns>[Pictures, Rows, heads x d].</returns>
    internal static Tensor Merge(Tensor attended, RowLayout layout, int heads)
    {
        var headDim = attended.size(-1);
        var rows = attended.view(layout.Sequences, heads, layout.Positions, headDim)
            .permute(0, 2, 1, 3)
            .reshape(layout.Pictures, layout.Used, heads * headDim);
        return layout.Rows == layout.Used ? rows : nn.functional.pad(rows, [0, 0, 0, layout.Rows - layout.Used]);
    }
}
