using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Self-attention, cross-attention where there is a context, and an MLP, each behind a layer normalisation.</summary>
internal sealed class TransformerBlock : nn.Module
{
    private readonly LayerNorm norm1, norm3;
    private readonly LayerNorm? norm2;
    private readonly SelfAttention self_attention;
    private readonly CrossAttention? cross_attention;
    private readonly Linear mlp_in, mlp_out;

    internal TransformerBlock(int dim, int heads, int mlpDim, int layers, bool cross)
        : base(nameof(TransformerBlock))
    {
        var scale = 1 / Math.Sqrt(2 * layers);
        norm1 = nn.LayerNorm(dim);
        self_attention = new SelfAttention(dim, heads, scale);
        if (cross)
        {
            norm2 = nn.LayerNorm(dim);
            cross_attention = new CrossAttention(dim, heads, scale);
        }
        norm3 = nn.LayerNorm(dim);
        mlp_in = Initial.Linear(dim, mlpDim);
        mlp_out = Initial.Linear(mlpDim, dim, scale: scale);
        RegisterComponents();
    }

    /// <summary>Builds the blocks of a transformer.</summary>
    /// <param name="config">Their dimensions.</param>
    /// <param name="layers">How many.</param>
    /// <param name="cross">Whether they attend to a context.</param>
    internal static ModuleList<TransformerBlock> Stack(MuseTransformerConfig config, int layers, bool cross) =>
        nn.ModuleList(Enumerable.Range(0, layers).Select(_ => new TransformerBlock(config.Dim, config.Heads, config.MlpDim, layers, cross)).ToArray());

    /// <summary>Projects a context to the keys and values of every block.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="context">[N, S, dim].</param>
    /// <param name="bias">[N, 1, 1, S].</param>
    /// <param name="input">[N, positions, dim] added to the positions, or null.</param>
    internal static Conditioning Project(IEnumerable<TransformerBlock> blocks, Tensor context, Tensor bias, Tensor? input) =>
        Conditioning.Of(blocks.Select(b => b.cross_attention!.Project(context)), bias, input);

    /// <summary>Computes the block.</summary>
    /// <param name="x">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="conditioning">What cross-attention sees; ignored by a block without.</param>
    /// <param name="layer">This block's index in <paramref name="conditioning"/>.</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor forward(Tensor x, RowLayout layout, Conditioning? conditioning, int layer)
    {
        x = x + self_attention.forward(norm1.forward(x), layout);
        if (cross_attention is not null)
            x = x + cross_attention.forward(norm2!.forward(x), layout, conditioning!.Keys[layer], conditioning.Values[layer], conditioning.Bias);
        return x + mlp_out.forward(HostGelu.Of(mlp_in.forward(norm3.forward(x))));
    }
}
