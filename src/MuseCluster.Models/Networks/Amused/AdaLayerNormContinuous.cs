using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// norm(x) (1 + scale) + shift, where scale and shift, in this order, are a projection of silu(condition) (diffusers'
/// <c>models/normalization.py</c>).
/// </summary>
internal sealed class AdaLayerNormContinuous : nn.Module
{
    private readonly Projection linear;
    private readonly nn.Module<Tensor, Tensor> norm;
    private readonly double epsilon;

    /// <summary>Makes a normalisation; its projection is unset.</summary>
    /// <param name="config">The network.</param>
    /// <param name="norm">What normalises before it is scaled and shifted.</param>
    internal AdaLayerNormContinuous(UVit2DConfig config, nn.Module<Tensor, Tensor> norm)
        : base(nameof(AdaLayerNormContinuous))
    {
        linear = new Projection(config.HiddenSize, 2 * config.HiddenSize, config.UseBias);
        this.norm = norm;
        epsilon = config.LayerNormEps;
        RegisterComponents();
    }

    /// <summary>Scale and shift of conditions that stay the same over many passes.</summary>
    /// <param name="condition">[N, hidden_size].</param>
    /// <returns>[N, 2 hidden_size].</returns>
    internal Tensor Modulation(Tensor condition) => linear.Vectors(condition.silu());

    /// <summary>Normalises.</summary>
    /// <param name="rows">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="modulation">[Sequences, 2 hidden_size].</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    internal Tensor Rows(Tensor rows, RowLayout layout, Tensor modulation)
    {
        if (HostRows.Serve(rows, rows.size(-1)) && modulation.is_contiguous())
        {
            switch (norm)
            {
                case RmsNorm { weight: null or { dtype: float32 } } rms:
                    return HostNorm.Of(rows, rms.weight, epsilon, centre: false, modulation, layout);
                case LayerNorm { bias: null, weight: null or { dtype: float32 } } layer:
                    return HostNorm.Of(rows, layer.weight, epsilon, centre: true, modulation, layout);
            }
        }

        return layout.Modulate(norm.forward(rows), modulation);
    }
}
